using System.Diagnostics;
using System.Globalization;
using MuseCluster.Models.Tokenizers;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.ShapesWorld;

namespace MuseCluster.Training.Stages;

/// <summary>
/// Learns the vocabulary of the captions with SentencePiece's own trainer, <c>spm_train</c>: every word of the captions is
/// one piece, and other text is spelled from smaller ones.
/// </summary>
public static class CaptionTokenizer
{
    // The model stores both names as they are given: bare ones, so that its bytes do not depend on where it was made.
    private const string Corpus = "captions.txt";
    private const string Prefix = "captions";

    // What other words are spelled with, so that they are not unknown.
    private const string Alphabet = "a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3 4 5 6 7 8 9 . , ; : ! ? ' \" ( ) -";

    /// <summary>Learns a vocabulary with T5's special ids: pad 0, end 1, unknown 2, no begin.</summary>
    /// <param name="recipe">Its size, and the captions it is learned from.</param>
    /// <param name="world">How captions are drawn.</param>
    /// <param name="seed">Which captions.</param>
    /// <param name="path">The <c>.model</c> file to write.</param>
    /// <exception cref="InvalidOperationException"><c>spm_train</c> is not installed, or failed.</exception>
    public static void Train(TokenizerRecipe recipe, SceneSamplerOptions world, ulong seed, string path)
    {
        var sampler = new SceneSampler(seed, world);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        File.WriteAllLines(Path.Combine(folder, Corpus), [
            .. Enumerable.Range(0, recipe.Captions).Select(i => sampler.Sample((ulong)i).Caption.Text), Alphabet,
        ]);
        string[] arguments = [
            $"--input={Corpus}", $"--model_prefix={Prefix}", $"--vocab_size={recipe.VocabSize}", "--model_type=unigram", "--hard_vocab_limit=false", "--character_coverage=1",
            "--pad_id=0", "--eos_id=1", "--unk_id=2", "--bos_id=-1", "--num_threads=1", "--minloglevel=2",
            // Captions are in lower case; what people type need not be.
            "--normalization_rule_name=nmt_nfkc_cf",
            $"--user_defined_symbols={string.Join(',', Sentinels(recipe).Concat(Words))}",
        ];
        var start = new ProcessStartInfo("spm_train", arguments) { RedirectStandardError = true, WorkingDirectory = folder };
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"spm_train failed: {error.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException("spm_train is not installed: it is in Debian's package sentencepiece.", e);
        }
        File.Move(Path.Combine(folder, Prefix + ".model"), path, overwrite: true);
        File.Delete(Path.Combine(folder, Prefix + ".vocab"));
        File.Delete(Path.Combine(folder, Corpus));
    }

    /// <summary>The ids of span corruption's sentinels.</summary>
    /// <param name="recipe">How many there are.</param>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <returns>The ids of &lt;extra_id_0&gt;, &lt;extra_id_1&gt; and so on.</returns>
    public static IReadOnlyList<int> SentinelIds(TokenizerRecipe recipe, Tokenizer tokenizer) =>
        [.. Sentinels(recipe).Select(s => tokenizer.EncodeToIds(s, addEos: false)[^1])];

    // The trainer's candidates are substrings that two different words share, which "red" and "background" are not.
    private static IEnumerable<string> Words => CaptionWords.Vocabulary.Select(word => '\u2581' + word);

    private static IEnumerable<string> Sentinels(TokenizerRecipe recipe) =>
        Enumerable.Range(0, recipe.Sentinels).Select(i => string.Create(CultureInfo.InvariantCulture, $"<extra_id_{i}>"));
}
