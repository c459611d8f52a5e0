using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Clip;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Clip;

public sealed class ClipTextEncoderTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();
    private readonly IDisposable guard = inference_mode();
    private readonly string folder = Directory.CreateTempSubdirectory("clip-").FullName;
    private readonly Checkpoint source = Checkpoint.Open(Repository.Golden("clip_text_a_legacy_eos"));
    private readonly ClipTextConfig config = ClipTextConfig.Read(Path.Combine(Repository.Golden("clip_text_a_legacy_eos"), "config.json"));

    public void Dispose()
    {
        source.Dispose();
        guard.Dispose();
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void TheLegacyEndIsTheLargestIdAndAnyOtherTheFirstOfItsOwn()
    {
        Tensor ids = tensor([1L, 9, 40, 40, 9, 3, 3, 5], [2, 4]);
        using ClipTextEncoder legacy = ClipTextCheckpoint.Load(config, source);
        AssertEnds(legacy.forward(ids), 2, 0);
        using ClipTextEncoder named = ClipTextCheckpoint.Load(config with { EosTokenId = 3 }, source);
        // Where there is no end at all the reference takes the first position.
        AssertEnds(named.forward(ids), 0, 1);
    }

    [Fact]
    public void WhatFollowsDoesNotChangeAPosition()
    {
        using ClipTextEncoder encoder = ClipTextCheckpoint.Load(config, source);
        Tensor two = encoder.forward(tensor([5L, 6, 7, 8, 5, 6, 90, 91], [2, 4])).LastHiddenState;
        AssertSame(two[0].narrow(0, 0, 2), two[1].narrow(0, 0, 2));
        AssertSame(encoder.forward(tensor([5L, 6], [1, 2])).LastHiddenState[0], two[0].narrow(0, 0, 2));
    }

    [Fact]
    public void AMaskedPositionIsNotSeen()
    {
        using ClipTextEncoder encoder = ClipTextCheckpoint.Load(config, source);
        Tensor mask = tensor([1L, 0, 1, 1, 0, 1], [2, 3]);
        Tensor one = encoder.forward(tensor([5L, 6, 7, 5, 6, 7], [2, 3]), mask).LastHiddenState;
        Tensor other = encoder.forward(tensor([5L, 60, 7, 5, 6, 7], [2, 3]), mask.ne(0)).LastHiddenState;
        AssertSame(one[0][2], other[0][2]);
        AssertSame(one[1], other[1]);
        Assert.True((one[0][1] - other[0][1]).abs().max().item<float>() > 0.01f);
        Assert.True((one[0][2] - encoder.forward(tensor([5L, 6, 7], [1, 3])).LastHiddenState[0][2]).abs().max().item<float>() > 0.001f);
        Assert.True(encoder.forward(tensor([5L, 6], [1, 2]), zeros([1, 2], int64)).LastHiddenState.isfinite().all().item<bool>());
    }

    [Fact]
    public void TheOtherActivationIsOpenClips()
    {
        using ClipTextEncoder quick = ClipTextCheckpoint.Load(config, source);
        using ClipTextEncoder exact = ClipTextCheckpoint.Load(config with { HiddenAct = ClipActivation.Gelu }, source);
        Tensor ids = tensor([5L, 6, 7], [1, 3]);
        float difference = (quick.forward(ids).LastHiddenState - exact.forward(ids).LastHiddenState).abs().max().item<float>();
        Assert.InRange(difference, 1e-4f, 0.5f);
    }

    [Fact]
    public void AModelWithoutAProjectionGivesNoEmbedding()
    {
        var stored = Stored().Where(t => t.Name != "text_projection.weight").ToList();
        using var checkpoint = Checkpoint.Open(Write([.. stored, Junk("text_model.embeddings.position_ids", 1, 77), Junk("vision_model.class_embedding", 3)]));
        using ClipTextEncoder encoder = ClipTextCheckpoint.Load(config with { Projected = null }, checkpoint);
        Assert.Null(encoder.forward(tensor([5L], [1, 1])).TextEmbeds);
        var error = Assert.Throws<CheckpointException>(() => ClipTextCheckpoint.Load(config, checkpoint));
        Assert.Contains("missing 'text_projection.weight', expected shape [24, 32]", error.Message);
    }

    [Fact]
    public void EveryMisfitIsNamedWithTheFile()
    {
        string path = Write([.. Stored().Where(t => t.Name != "text_model.final_layer_norm.bias"), Junk("surprise", 1)]);
        using var checkpoint = Checkpoint.Open(path);
        var error = Assert.Throws<CheckpointException>(() => ClipTextCheckpoint.Load(config with { IntermediateSize = 65 }, checkpoint));
        Assert.StartsWith(path, error.Message);
        Assert.Contains("missing 'text_model.final_layer_norm.bias'", error.Message);
        Assert.Contains("misshapen 'text_model.encoder.layers.2.mlp.fc1.weight': found [64, 32], expected [65, 32]", error.Message);
        Assert.Contains("unexpected 'surprise'", error.Message);
    }

    [Fact]
    public void WrongShapesAreNamed()
    {
        using ClipTextEncoder encoder = ClipTextCheckpoint.Load(config, source);
        Assert.Contains("[3]", Assert.Throws<ArgumentException>("ids", () => encoder.forward(zeros([3], int64))).Message);
        Assert.Contains("(77)", Assert.Throws<ArgumentException>("ids", () => encoder.forward(zeros([1, 78], int64))).Message);
        Assert.Contains("[1, 4]", Assert.Throws<ArgumentException>("mask", () => encoder.forward(zeros([1, 3], int64), zeros([1, 4]))).Message);
    }

    private static void AssertEnds(ClipTextOutput output, params long[] ends)
    {
        for (int i = 0; i < ends.Length; i++)
            AssertSame(output.LastHiddenState[i][ends[i]], output.PooledOutput[i]);
    }

    private static void AssertSame(Tensor expected, Tensor actual) => Assert.True((expected - actual).abs().max().item<float>() < 1e-5f);

    private static TensorSource Junk(string name, params long[] shape) =>
        TensorSource.FromBytes(name, TensorDType.F32, shape, new byte[shape.Aggregate(4L, (a, b) => a * b)]);

    private IEnumerable<TensorSource> Stored() => source.Tensors.Values.Select(view => TensorSource.FromView(view));

    private string Write(IEnumerable<TensorSource> tensors)
    {
        string path = Path.Combine(folder, "model.safetensors");
        SafetensorsWriter.Write(path, [.. tensors]);
        return path;
    }
}
