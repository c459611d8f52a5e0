using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace MuseCluster.Models.Tests.Tokenizers;

/// <summary>Sentencepiece's own programs, the reference these tests hold the tokenizer against.</summary>
internal static class SpmProgram
{
    public static string Train(string folder, string name, string corpus, params string[] options)
    {
        Run("spm_train",
        [
            $"--input={corpus}", $"--model_prefix={Path.Combine(folder, name)}", "--num_threads=2", "--minloglevel=1",
            "--hard_vocab_limit=false", "--pad_id=0", "--eos_id=1", "--unk_id=2", "--bos_id=-1", .. options,
        ]);
        return Path.Combine(folder, name + ".model");
    }

    /// <summary>The ids of each line, as the program writes them: numbers with a space between.</summary>
    public static string[] Encode(string model, string lines) => Lines("spm_encode", model, lines, "--output_format=id");

    public static string[] EncodeToPieces(string model, string lines) => Lines("spm_encode", model, lines, "--output_format=piece");

    public static string[] Decode(string model, string ids) => Lines("spm_decode", model, ids, "--input_format=id");

    private static string[] Lines(string program, string model, string input, string format)
    {
        var output = Path.Combine(Path.GetDirectoryName(model)!, Path.GetRandomFileName());
        Run(program, [$"--model={model}", format, $"--input={input}", $"--output={output}"]);
        var text = Encoding.UTF8.GetString(File.ReadAllBytes(output));
        File.Delete(output);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text[..^1].Split('\n');
    }

    private static void Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            throw new InvalidOperationException(
                $"{program} is missing. These tests compare with sentencepiece itself: install it with 'apt-get install sentencepiece'.",
                fault);
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program} failed: {errors} {output.Result}");
        }
    }
}
