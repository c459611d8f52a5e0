using MuseCluster.Models.Checkpoints;
using MuseCluster.Torch;
using Xunit.Abstractions;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks;

/// <summary>A folder of tests/golden: what a reference was given and what it made of it.</summary>
internal sealed class ReferenceCase(string name)
{
    public string Folder { get; } = Repository.Golden(name);

    public IReadOnlyDictionary<string, Tensor> Inputs { get; } = Read(name, "inputs.safetensors");

    public IReadOnlyDictionary<string, Tensor> Outputs { get; } = Read(name, "outputs.safetensors");

    /// <summary>Path of one of its files.</summary>
    public string this[string file] => Path.Combine(Folder, file);

    /// <summary>Compares with an output: |difference| at most 2e-5 + 2e-5 |reference|.</summary>
    public void AssertClose(string output, Tensor actual, ITestOutputHelper log)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor expected = Outputs[output];
        Assert.Equal(float32, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        Tensor difference = (actual - expected).abs();
        log.WriteLine($"{output}: largest difference {difference.max().item<float>():g3}");
        Assert.True(difference.sub(expected.abs() * 2e-5).max().item<float>() <= 2e-5f, $"{output} differs by {difference.max().item<float>()}");
    }

    private static Dictionary<string, Tensor> Read(string name, string file)
    {
        using var opened = SafetensorsFile.Open(Path.Combine(Repository.Golden(name), file));
        return opened.Tensors.Values.ToDictionary(view => view.Name, view => view.ToTensor());
    }
}
