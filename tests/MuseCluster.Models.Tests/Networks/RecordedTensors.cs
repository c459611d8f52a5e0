using MuseCluster.Models.Checkpoints;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks;

/// <summary>The tensors that a reference implementation was given or gave, from a file of a golden case.</summary>
internal sealed class RecordedTensors : IDisposable
{
    private const double Tolerance = 2e-5;
    private readonly Dictionary<string, Tensor> tensors = [];

    public RecordedTensors(string golden, string file)
    {
        using var opened = SafetensorsFile.Open(Path.Combine(Repository.Golden(golden), file));
        foreach (TensorView view in opened.Tensors.Values)
        {
            using Tensor mapped = view.ToTensor();
            tensors.Add(view.Name, mapped.clone().DetachFromDisposeScope());
        }
    }

    public IEnumerable<string> Names => tensors.Keys;

    public Tensor this[string name] => tensors[name];

    /// <summary>Asserts that a result is the recorded one within the golden cases' tolerance.</summary>
    /// <returns>A line that says by how much they differ.</returns>
    public string Close(string name, Tensor actual)
    {
        Tensor expected = tensors[name];
        Assert.Equal(float32, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(actual.isfinite().all().item<bool>(), $"{name} is not finite");
        Tensor difference = (actual - expected).abs();
        float largest = difference.max().item<float>();
        Assert.True(difference.sub(expected.abs() * Tolerance).max().item<float>() <= Tolerance, $"{name} differs by {largest}");
        return $"{name}: largest difference {largest:g3}";
    }

    public void Dispose()
    {
        foreach (Tensor tensor in tensors.Values) tensor.Dispose();
    }
}
