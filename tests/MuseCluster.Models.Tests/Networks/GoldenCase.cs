using System.Text.RegularExpressions;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Checkpoints.Pickle;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks;

/// <summary>A golden case: what a reference was given and what it made of it.</summary>
/// <param name="name">The name of a folder of tests/golden, or the path of another folder; see <see cref="GoldenCases"/>.</param>
/// <param name="output">Told by how much results differ.</param>
internal sealed partial class GoldenCase(string name, ITestOutputHelper? output = null) : IDisposable
{
    private readonly HashSet<string> compared = [];

    public string Folder { get; } = Repository.Golden(name);

    public IReadOnlyDictionary<string, Tensor> Inputs { get; } = Read(name, "inputs.safetensors");

    public IReadOnlyDictionary<string, Tensor> Outputs { get; } = Read(name, "outputs.safetensors");

    public string Config => this["config.json"];

    /// <summary>What <c>case.json</c> says about how the reference was run; empty where it says nothing.</summary>
    public string Notes => NotesField().Match(File.ReadAllText(this["case.json"])).Groups[1].Value;

    /// <summary>Path of one of its files.</summary>
    public string this[string file] => Path.Combine(Folder, file);

    public T Load<T>(Func<Checkpoint, T> load, string file = "")
    {
        using var checkpoint = Checkpoint.Open(this[file]);
        return load(checkpoint);
    }

    /// <summary>Asserts that a tensor is the reference's: numbers within the tolerance of golden/README.md, indices equal.</summary>
    public void Is(string expected, Tensor actual)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor reference = Outputs[expected];
        Assert.Equal(reference.dtype, actual.dtype);
        Assert.Equal(reference.shape, actual.shape);
        compared.Add(expected);
        if (reference.dtype == int64)
        {
            Assert.Equal(reference.ToArray<long>(), actual.ToArray<long>());
            return;
        }

        Assert.True(actual.isfinite().all().item<bool>(), $"{expected} is not finite");
        Tensor difference = (actual - reference).abs();
        float largest = difference.max().item<float>();
        output?.WriteLine($"{expected}: largest difference {largest:g3}");
        Assert.True(difference.sub(reference.abs() * 2e-5).max().item<float>() <= 2e-5f, $"{expected} differs by {largest}");
    }

    /// <summary>An input of tokens as a grid, [N, h, w]: open-muse keeps grids as rows, and takes them for square.</summary>
    public Tensor Grid(string input)
    {
        Tensor tokens = Inputs[input];
        if (tokens.dim() == 3) return tokens;
        long side = (long)Math.Round(Math.Sqrt(tokens.size(1)));
        return tokens.view(-1, side, side);
    }

    /// <summary>As <see cref="Is"/>, where the case has such an output.</summary>
    public void IsWhereThere(string expected, Func<Tensor> actual)
    {
        if (Outputs.ContainsKey(expected)) Is(expected, actual());
    }

    /// <summary>Asserts that every output was compared, of those whose names begin so.</summary>
    public void IsWhollyCompared(string prefix = "") => Assert.Equal(
        Outputs.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        compared.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    /// <summary>Asserts that a network has the tensors of the checkpoint, by name and shape, and no others. A pickle is not looked at: it has tied tensors twice, and others beside.</summary>
    public void HasTheTensorsOf(nn.Module network, string file = "")
    {
        if (PickleFile.HasName(file)) return;
        using var checkpoint = Checkpoint.Open(this[file]);
        Assert.Equal(
            checkpoint.Tensors.Values.Select(view => $"{view.Name} {string.Join("x", view.Shape)}").Order(StringComparer.Ordinal),
            network.state_dict().Select(p => $"{p.Key} {string.Join("x", p.Value.shape)}").Order(StringComparer.Ordinal));
    }

    public void Dispose()
    {
        foreach (Tensor tensor in Inputs.Values.Concat(Outputs.Values)) tensor.Dispose();
    }

    private static Dictionary<string, Tensor> Read(string name, string file)
    {
        using var opened = SafetensorsFile.Open(Path.Combine(Repository.Golden(name), file));
        var read = new Dictionary<string, Tensor>();
        foreach (TensorView view in opened.Tensors.Values)
        {
            using Tensor mapped = view.ToTensor();
            read.Add(view.Name, mapped.clone().DetachFromDisposeScope());
        }

        return read;
    }

    // Python writes NaN into these files, which no parser of JSON reads.
    [GeneratedRegex("\"notes\": \"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex NotesField();
}
