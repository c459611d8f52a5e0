using MuseCluster.Models.Checkpoints;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks;

/// <summary>A folder of tests/golden: what a reference was given and what it made of it.</summary>
/// <param name="name">The folder's name.</param>
/// <param name="output">Told by how much results differ.</param>
internal sealed class GoldenCase(string name, ITestOutputHelper? output = null) : IDisposable
{
    private readonly HashSet<string> compared = [];

    public string Folder { get; } = Repository.Golden(name);

    public IReadOnlyDictionary<string, Tensor> Inputs { get; } = Read(name, "inputs.safetensors");

    public IReadOnlyDictionary<string, Tensor> Outputs { get; } = Read(name, "outputs.safetensors");

    public string Config => this["config.json"];

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

    /// <summary>Asserts that every output was compared, of those whose names begin so.</summary>
    public void IsWhollyCompared(string prefix = "") => Assert.Equal(
        Outputs.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        compared.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    /// <summary>Asserts that a network has the tensors of the checkpoint, by name and shape, and no others.</summary>
    public void HasTheTensorsOf(nn.Module network, string file = "")
    {
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
}
