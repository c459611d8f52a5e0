using MuseCluster.Models.Networks.Amused;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Amused;

public sealed class UVitAttentionTests
{
    // The golden cases' heads are narrower than attention on the host serves; aMUSEd's are not.
    [Theory]
    [InlineData(1, 9, 9, 2)]
    [InlineData(3, 16, 7, 2)]
    [InlineData(2, 5, 77, 1)]
    public void OnTheHostIsWhatOperatorsGive(long batch, long places, long keys, long heads)
    {
        manual_seed(4);
        using DisposeScope scope = NewDisposeScope();
        using var attention = new UVitAttention(32 * heads, heads, bias: false);
        foreach (var parameter in attention.parameters())
            nn.init.uniform_(parameter, -0.3, 0.3);
        Tensor queries = randn(batch, places, 32 * heads), memory = keys == places ? queries : randn(batch, keys, 32 * heads);

        // Operators serve where gradients are recorded.
        Tensor expected = attention.forward(queries, memory);
        using IDisposable guard = no_grad();
        Tensor found = attention.forward(queries, memory);

        Assert.True(expected.requires_grad && expected.abs().max().item<float>() > 0.1);
        Assert.True(allclose(found, expected, rtol: 2e-5, atol: 2e-5));
    }
}
