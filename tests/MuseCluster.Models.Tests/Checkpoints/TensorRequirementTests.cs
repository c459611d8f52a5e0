using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Tests.Checkpoints;

public sealed class TensorRequirementTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly Checkpoint checkpoint;

    public TensorRequirementTests()
    {
        SafetensorsWriter.Write(folder["n.safetensors"],
        [
            TensorSource.FromBytes("embed.weight", TensorDType.F32, [3, 2], new byte[24]),
            TensorSource.FromBytes("head.bias", TensorDType.F16, [4], new byte[8]),
            TensorSource.FromBytes("scale", TensorDType.F32, [], new byte[4]),
        ]);
        checkpoint = Checkpoint.Open(folder["n.safetensors"]);
    }

    public void Dispose()
    {
        checkpoint.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void AFittingCheckpointPasses() => TensorRequirement.Check(
        checkpoint, [new("embed.weight", 3, 2), new("head.bias", 4), new("scale")]);

    [Fact]
    public void EverythingThatDoesNotFitIsSaidAtOnce()
    {
        var refused = Assert.Throws<CheckpointException>(() => TensorRequirement.Check(
            checkpoint, [new("embed.weight", 2, 3), new("norm.weight", 7), new("norm.bias", 7), new("scale", 1)]));

        Assert.Equal("norm.weight", refused.Tensor);
        Assert.Equal(folder["n.safetensors"], refused.File);
        Assert.Equal(
        [
            "missing 'norm.weight', expected shape [7]",
            "missing 'norm.bias', expected shape [7]",
            "misshapen 'embed.weight': found [3, 2], expected [2, 3]",
            "misshapen 'scale': found [], expected [1]",
            "unexpected 'head.bias' F16 [4]",
        ], refused.Problems);
        Assert.Contains("2 missing, 2 misshapen, 0 mistyped, 1 unexpected", refused.Message, StringComparison.Ordinal);
        Assert.All(refused.Problems, problem => Assert.Contains(problem, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void TensorsToBeIgnoredAreNotUnexpected() => TensorRequirement.Check(
        checkpoint, [new("embed.weight", 3, 2)], name => name is "head.bias" or "scale");

    [Fact]
    public void AnIgnoredTensorThatIsRequiredMustStillFit() => Assert.Throws<CheckpointException>(() => TensorRequirement.Check(
        checkpoint, [new("embed.weight", 1), new("head.bias", 4), new("scale")], _ => true));

    [Fact]
    public void ALongListIsShortInTheMessageAndWholeInTheProperty()
    {
        var refused = Assert.Throws<CheckpointException>(() => TensorRequirement.Check(
            checkpoint, Enumerable.Range(0, 500).Select(i => new TensorRequirement($"w{i}", 1))));
        Assert.Equal(503, refused.Problems.Count);
        Assert.Contains("and 463 more", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RequirementsThatRepeatANameAreAnError() => Assert.Throws<ArgumentException>(() =>
        TensorRequirement.Check(checkpoint, [new("scale"), new("scale")]));
}
