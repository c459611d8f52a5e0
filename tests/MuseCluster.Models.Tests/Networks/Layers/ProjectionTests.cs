using MuseCluster.Models.Networks.Layers;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Layers;

public sealed class ProjectionTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OneVectorIsProjectedAsSeveralAre(bool bias)
    {
        using DisposeScope scope = NewDisposeScope();
        using Projection projection = Made(bias, pointwise: false);
        Tensor input = randn(2, 6);

        Tensor both = projection.Vectors(input), first = projection.Vectors(input.narrow(0, 0, 1));

        Assert.Equal([1, 5], first.shape);
        Assert.True(allclose(both, projection.forward(input)));
        Assert.True(allclose(first, both.narrow(0, 0, 1), rtol: 1e-5, atol: 1e-6));
    }

    [Fact]
    public void APointwiseOneIsAConvolutionOfOneByOne()
    {
        using DisposeScope scope = NewDisposeScope();
        using Projection projection = Made(bias: true, pointwise: true);
        Tensor input = randn(2, 3, 4, 6);

        Tensor convolved = nn.functional.conv2d(input.permute(0, 3, 1, 2), projection.weight, projection.bias);

        Assert.Equal([5, 6, 1, 1], projection.weight.shape);
        Assert.True(allclose(projection.forward(input), convolved.permute(0, 2, 3, 1), rtol: 1e-5, atol: 1e-6));
    }

    private static Projection Made(bool bias, bool pointwise)
    {
        manual_seed(5);
        var projection = new Projection(6, 5, bias, pointwise);
        foreach (var parameter in projection.parameters())
            nn.init.uniform_(parameter, -1, 1);
        return projection;
    }
}
