using MuseCluster.Models.Tests.Checkpoints;

namespace MuseCluster.Models.Tests.Networks;

/// <summary>That what is put into a folder of golden cases is tested.</summary>
public sealed class GoldenCasesTests
{
    public static TheoryData<string> Families => NetworkFamily.Names;

    [Theory]
    [MemberData(nameof(Families))]
    public void EveryFamilyHasACase(string name) => Assert.NotEmpty(GoldenCases.WithWeights(NetworkFamily.Of(name)));

    [Fact]
    public void EveryCaseOfANetworkIsOfOneFamily()
    {
        foreach (string folder in Directory.GetDirectories(Path.Combine(Repository.Root, "tests", "golden")).Where(f => File.Exists(Path.Combine(f, "config.json"))))
            Assert.Single(NetworkFamily.All, family => family.Has(folder));
    }

    [Fact]
    public void ANewFolderIsACaseByItsNameOrItsClass()
    {
        using var folder = new TempFolder();
        folder.Write("t5_new/config.json", "{}");
        folder.Write("anything/config.json", """{"_class_name": "VQModel"}""");
        folder.Write("t5_without_config/case.json", "{}");
        Assert.Equal([folder["t5_new"]], GoldenCases.In(folder.Path, NetworkFamily.T5));
        Assert.Equal([folder["anything"]], GoldenCases.In(folder.Path, NetworkFamily.DiffusersVq));
        Assert.Throws<FileNotFoundException>(() => GoldenCases.Weights(folder["t5_new"]));
    }

    [Fact]
    public void WeightsAreEveryFormatAndTheIndexOfShards() =>
        Assert.Equal(
            ["model.safetensors.index.json", "last.ckpt", "model.safetensors"],
            GoldenCases.Weights(Repository.Golden("t5_v11_sharded_bf16")).Concat(GoldenCases.Weights(Repository.Golden("taming_vqgan_a"))));
}
