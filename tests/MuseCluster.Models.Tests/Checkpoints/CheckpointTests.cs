using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ShardsAreOneMap()
    {
        Shard("s1.safetensors", "a", "b");
        Shard("s2.safetensors", "c");
        string index = Index("""{"a":"s1.safetensors","b":"s1.safetensors","c":"s2.safetensors"}""");

        using var byIndex = Checkpoint.Open(index);
        using var byFolder = Checkpoint.Open(folder.Path);
        Assert.Equal(["a", "b", "c"], byIndex.Tensors.Keys);
        Assert.Equal(["a", "b", "c"], byFolder.Tensors.Keys);
        Assert.Equal("s2.safetensors", Path.GetFileName(byIndex["c"].File));
        Assert.Equal("nothing", Assert.Throws<CheckpointException>(() => byIndex["nothing"]).Tensor);
    }

    [Theory]
    [InlineData("../s1.safetensors")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/s1.safetensors")]
    [InlineData("..\\\\s1.safetensors")]
    [InlineData("C:s1.safetensors")]
    [InlineData("s1.safetensors\\u0000")]
    public void FileNamesThatLeaveTheFolderAreRefused(string name)
    {
        Shard("s1.safetensors", "a");
        Shard("sub/s1.safetensors", "a");
        var refused = Assert.Throws<CheckpointException>(() => Checkpoint.Open(Index($$"""{"a":"{{name}}"}""")));
        Assert.Equal("a", refused.Tensor);
        Assert.Contains("file name", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":"s1.safetensors","b":"s1.safetensors","c":"s2.safetensors","d":"s2.safetensors"}""", "d", "do not hold")]
    [InlineData("""{"a":"s1.safetensors","c":"s2.safetensors"}""", "b", "does not list it")]
    [InlineData("""{"a":"s1.safetensors","b":"s2.safetensors","c":"s2.safetensors"}""", "b", "lists it in 's2.safetensors'")]
    [InlineData("""{"a":"s1.safetensors","b":"s1.safetensors","c":"s2.safetensors","x":"s3.safetensors","y":"s4.safetensors"}""", null, "2 of 4 files are missing")]
    [InlineData("""{"a":"s1.safetensors","a":"s2.safetensors"}""", null, "not valid JSON")]
    [InlineData("""{"a":7}""", "a", "must be a file name")]
    [InlineData("{}", null, "is empty")]
    [InlineData("[]", null, "no weight_map")]
    public void AnIndexThatDoesNotMatchItsFilesIsRefused(string map, string? tensor, string problem)
    {
        Shard("s1.safetensors", "a", "b");
        Shard("s2.safetensors", "c");
        string index = Index(map);
        var refused = Assert.Throws<CheckpointException>(() => Checkpoint.Open(index));
        Assert.Equal(tensor, refused.Tensor);
        Assert.Equal(index, refused.File);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATensorInTwoShardsIsRefused()
    {
        Shard("s1.safetensors", "a", "b");
        Shard("s2.safetensors", "b", "c");
        string index = Index("""{"a":"s1.safetensors","b":"s1.safetensors","c":"s2.safetensors"}""");
        var refused = Assert.Throws<CheckpointException>(() => Checkpoint.Open(index));
        Assert.Equal("b", refused.Tensor);
        Assert.Contains("is also in", refused.Message, StringComparison.Ordinal);
        if (MappedFiles.Known) Assert.False(MappedFiles.IsMapped(folder["s1.safetensors"]));
    }

    [Fact]
    public void SeveralFilesAreOneNetworkUnlessTheyShareATensor()
    {
        Shard("1.safetensors", "a");
        Shard("2.safetensors", "b");
        Shard("3.safetensors", "b");
        using var both = Checkpoint.Open([folder["1.safetensors"], folder["2.safetensors"]]);
        Assert.Equal(["a", "b"], both.Tensors.Keys);
        Assert.Equal("b", Assert.Throws<CheckpointException>(() =>
            Checkpoint.Open([folder["2.safetensors"], folder["3.safetensors"]])).Tensor);
    }

    [Fact]
    public void AnIndexIsNotMadeTrueByAnotherFile()
    {
        Shard("1.safetensors", "a");
        Shard("s1.safetensors", "b");
        string index = Index("""{"a":"s1.safetensors","b":"s1.safetensors"}""");
        Assert.Equal("a", Assert.Throws<CheckpointException>(() => Checkpoint.Open([folder["1.safetensors"], index])).Tensor);
    }

    [Fact]
    public void AFolderGivesItsKnownNameElseItsOnlyFile()
    {
        Assert.Contains("holds no", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Message, StringComparison.Ordinal);
        Shard("b.safetensors", "only");
        Assert.Equal("only", FirstTensor());
        Shard("c.safetensors", "other");
        var several = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path));
        Assert.Equal(["b.safetensors", "c.safetensors"], several.Problems);
        Shard("diffusion_pytorch_model.safetensors", "diffusers");
        Assert.Equal("diffusers", FirstTensor());
        Shard("model.safetensors", "transformers");
        Assert.Equal("transformers", FirstTensor());
        Assert.Throws<FileNotFoundException>(() => Checkpoint.Open(folder["nowhere"]));
    }

    private string FirstTensor()
    {
        using var checkpoint = Checkpoint.Open(folder.Path);
        return checkpoint.Tensors.Keys.First();
    }

    private void Shard(string name, params string[] tensors)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        SafetensorsWriter.Write(folder[name], tensors.Select(tensor => TensorSource.FromBytes(tensor, TensorDType.U8, [1], new byte[1])));
    }

    private string Index(string map) =>
        folder.Write("the.safetensors.index.json", $$"""{"metadata":{"total_size":3},"weight_map":{{map}}}""");
}
