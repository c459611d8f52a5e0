using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Layers;
using MuseCluster.Models.Tests.Networks.Muse;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Layers;

/// <summary>What the processor computes row by row against libtorch's own operators.</summary>
[Collection(nameof(NetworkTests))]
public sealed class HostRowsTests
{
    [Theory]
    [InlineData(8, 1)]
    [InlineData(64, 3000)]
    public void GeluIsLibtorchs(long width, long rows)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        Tensor x = cat([linspace(-8, 8, width * (rows - (rows / 2))), randn(width * (rows / 2)) * 3]).view(rows, width);
        Tensor expected = x.gelu();
        Assert.True(HostRows.Serve(x, width));
        Assert.InRange((HostGelu.Of(x.clone()) - expected).abs().max().item<float>(), 0, 1e-6);
        Tensor both = cat([randn(rows, width), x], -1).contiguous();
        Tensor[] parts = both.chunk(2, -1);
        Assert.InRange((HostGelu.Gated(both) - (parts[0] * parts[1].gelu())).abs().max().item<float>(), 0, 4e-6);
    }

    [Fact]
    public void WhatTheProcessorDoesNotServeIsLibtorchs()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor odd = randn(5, 7);
        Assert.False(HostRows.Serve(odd, 7));
        Assert.Equal(odd.gelu().ToArray<float>(), HostGelu.Of(odd).ToArray<float>());
        // Gradients are libtorch's alone.
        Assert.False(HostRows.Serve(randn(5, 8), 8));
    }

    [Theory]
    [InlineData(true, true, 2)]
    [InlineData(false, true, 0)]
    [InlineData(true, false, 3)]
    [InlineData(false, false, 0)]
    public void NormalisationsAreLibtorchs(bool centre, bool weighted, int padding)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        var layout = new RowLayout(3, 2, 50, 100 + padding);
        Tensor x = (randn(3, layout.Rows, 64) * 2) + 0.5, weight = randn(64), modulation = randn(6, 128);
        Tensor plain = centre
            ? nn.functional.layer_norm(x, [64], weighted ? weight : null, null, 1e-6)
            : x * (x.square().mean([-1], keepdim: true) + 1e-6).rsqrt() * (weighted ? weight : ones(64));
        Tensor host = HostNorm.Of(x, weighted ? weight : null, 1e-6, centre);
        Assert.InRange((host - plain).abs().max().item<float>(), 0, 1e-5);
        Tensor modulated = HostNorm.Of(x, weighted ? weight : null, 1e-6, centre, modulation, layout);
        Tensor expected = layout.Modulate(plain.clone(), modulation);
        Assert.InRange((layout.ByGroup(modulated) - layout.ByGroup(expected)).abs().max().item<float>(), 0, 2e-5);
        Assert.Equal(0, modulated.narrow(1, layout.Used, padding).abs().sum().item<float>());
    }

    [Fact]
    public void ARowsBitsDependOnThatRowAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = inference_mode();
        Tensor row = randn(1, 1, 96), weight = randn(96);
        float[] alone = HostNorm.Of(row, weight, 1e-6, centre: true).ToArray<float>();
        Tensor many = randn(1, 4000, 96);
        many.narrow(1, 3777, 1).copy_(row);
        Assert.Equal(alone, HostNorm.Of(many, weight, 1e-6, centre: true).narrow(1, 3777, 1).contiguous().ToArray<float>());
    }
}
