using MuseCluster.Models.Networks.T5;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.T5;

public sealed class T5EncoderTests
{
    internal static T5Config Small { get; } = new()
    {
        VocabSize = 50,
        DModel = 16,
        DKv = 6,
        DFf = 24,
        NumLayers = 2,
        NumHeads = 3,
        FeedForwardProj = T5FeedForwardKind.GatedGelu,
        TieWordEmbeddings = false,
    };

    [Fact]
    public void PaddingDoesNotChangeAText()
    {
        using DisposeScope scope = NewDisposeScope();
        using var encoder = new T5Encoder(Small);
        Tensor alone = encoder.forward(tensor([5L, 6, 7, 1], [1, 4]));
        Tensor ids = tensor([8L, 9, 10, 11, 12, 1, 5, 6, 7, 1, 33, 44], [2, 6]);
        foreach (ScalarType type in new[] { @bool, int64, float32 })
        {
            Tensor mask = tensor([1L, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0], [2, 6]).to(type);
            Tensor batched = encoder.forward(ids, mask).narrow(0, 1, 1).narrow(1, 0, 4);
            Assert.True((batched - alone).abs().max().item<float>() < 1e-5f);
        }
    }

    [Fact]
    public void ATextOfPaddingAloneIsFinite()
    {
        using DisposeScope scope = NewDisposeScope();
        using var encoder = new T5Encoder(Small);
        Assert.True(encoder.forward(zeros([1, 3], int64), zeros([1, 3], int64)).isfinite().all().item<bool>());
    }

    [Fact]
    public void Bfloat16WeightsGiveFloat32CloseToThatOfFloat32Weights()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        using var encoder = new T5Encoder(Small);
        Tensor ids = tensor([5L, 6, 7, 1, 9, 3], [2, 3]);
        Tensor mask = tensor([1L, 1, 1, 1, 1, 0], [2, 3]);
        Tensor exact = encoder.forward(ids, mask).narrow(1, 0, 2);
        encoder.convert_to(bfloat16);
        Tensor rough = encoder.forward(ids, mask).narrow(1, 0, 2);
        Assert.Equal(float32, rough.dtype);
        Assert.True((exact - rough).abs().mean().item<float>() < 0.05f);
    }

    [Fact]
    public void EveryParameterIsLearned()
    {
        using DisposeScope scope = NewDisposeScope();
        using var encoder = new T5Encoder(Small);
        encoder.forward(tensor([5L, 6, 7, 1], [1, 4])).square().mean().backward();
        Assert.All(encoder.named_parameters(), p => Assert.NotNull(p.parameter.grad));
    }

    [Fact]
    public void DrawnWeightsKeepHiddenStatesOfOrderOne()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        using var encoder = new T5Encoder(Small with { DModel = 64, DKv = 16, DFf = 256, NumHeads = 4 });
        Tensor hidden = encoder.HiddenStates(tensor(Enumerable.Range(0, 40).Select(i => (long)i).ToArray(), [1, 40]))[1];
        Assert.InRange(hidden.square().mean().sqrt().item<float>(), 0.5f, 4f);
        Assert.All(encoder.named_parameters().Where(p => p.name.EndsWith("norm.weight", StringComparison.Ordinal)), p => Assert.Equal(1, p.parameter.max().item<float>()));
    }

    [Fact]
    public void WrongShapesAreNamed()
    {
        using DisposeScope scope = NewDisposeScope();
        using var encoder = new T5Encoder(Small);
        Assert.Contains("[3]", Assert.Throws<ArgumentException>("ids", () => encoder.forward(zeros([3], int64))).Message);
        Assert.Contains("[1, 0]", Assert.Throws<ArgumentException>("ids", () => encoder.forward(zeros([1, 0], int64))).Message);
        Assert.Contains("[1, 4]", Assert.Throws<ArgumentException>("mask", () => encoder.forward(zeros([1, 3], int64), zeros([1, 4]))).Message);
    }
}
