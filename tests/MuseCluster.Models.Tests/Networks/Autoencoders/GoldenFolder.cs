using MuseCluster.Models.Checkpoints;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

/// <summary>A folder of tests/golden: what a reference was given and what it made of it.</summary>
internal sealed class GoldenFolder : IDisposable
{
    private readonly ITestOutputHelper output;
    private readonly Dictionary<string, Tensor> inputs, outputs;
    private readonly HashSet<string> compared = [];

    public GoldenFolder(string name, ITestOutputHelper output)
    {
        this.output = output;
        Path = Repository.Golden(name);
        inputs = Read("inputs.safetensors");
        outputs = Read("outputs.safetensors");
    }

    public string Path { get; }

    public string Config => System.IO.Path.Combine(Path, "config.json");

    public Tensor Input(string name) => inputs[name];

    public Tensor Output(string name) => outputs[name];

    public T Load<T>(Func<Checkpoint, T> load)
    {
        using var checkpoint = Checkpoint.Open(Path);
        return load(checkpoint);
    }

    /// <summary>Asserts that a tensor is the reference's: numbers within the tolerance of golden/README.md, indices equal.</summary>
    public void Is(string name, Tensor actual)
    {
        Tensor expected = outputs[name];
        Assert.Equal(expected.dtype, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        compared.Add(name);
        if (expected.dtype == int64)
        {
            Assert.Equal(expected.ToArray<long>(), actual.ToArray<long>());
            return;
        }

        using Tensor difference = (actual - expected).abs();
        float largest = difference.max().item<float>();
        output.WriteLine($"{name}: largest difference {largest:g3}");
        Assert.True(difference.sub(expected.abs() * 2e-5).max().item<float>() <= 2e-5f, $"{name} differs by {largest}");
    }

    /// <summary>Asserts that every output was compared.</summary>
    public void IsWhollyCompared() => Assert.Equal(outputs.Keys.Order(StringComparer.Ordinal), compared.Order(StringComparer.Ordinal));

    /// <summary>Asserts that a network has the tensors of the checkpoint, by name and shape, and no others.</summary>
    public void HasTheTensorsOf(nn.Module network)
    {
        using var checkpoint = Checkpoint.Open(Path);
        Assert.Equal(
            checkpoint.Tensors.Values.Select(view => $"{view.Name} {string.Join("x", view.Shape)}").Order(StringComparer.Ordinal),
            network.state_dict().Select(p => $"{p.Key} {string.Join("x", p.Value.shape)}").Order(StringComparer.Ordinal));
    }

    public void Dispose()
    {
        foreach (Tensor tensor in inputs.Values.Concat(outputs.Values)) tensor.Dispose();
    }

    private Dictionary<string, Tensor> Read(string file)
    {
        using var opened = SafetensorsFile.Open(System.IO.Path.Combine(Path, file));
        var read = new Dictionary<string, Tensor>();
        foreach (TensorView view in opened.Tensors.Values)
        {
            using Tensor mapped = view.ToTensor();
            read.Add(view.Name, mapped.clone().DetachFromDisposeScope());
        }

        return read;
    }
}
