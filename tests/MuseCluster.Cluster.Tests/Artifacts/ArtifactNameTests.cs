using MuseCluster.Cluster.Artifacts;
using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Artifacts;

public sealed class ArtifactNameTests
{
    [Theory]
    [InlineData("")]
    [InlineData("tenant")]
    [InlineData("tenant/")]
    [InlineData("/tenant/x")]
    [InlineData("tenant//x")]
    [InlineData("tenant/..")]
    [InlineData("tenant/../other/x")]
    [InlineData("tenant/x/../../other/x")]
    [InlineData("../tenant/x")]
    [InlineData("tenant/./x")]
    [InlineData("tenant/.incoming")]
    [InlineData("tenant/x.")]
    [InlineData("tenant/a b")]
    [InlineData("tenant/a\\b")]
    [InlineData("tenant/a\0b")]
    [InlineData("tenant/x\n")]
    [InlineData("tenant/x?sig=1")]
    [InlineData("tenant/%2e%2e")]
    [InlineData("tenant/bär")]
    [InlineData("tenant/．．")]
    [InlineData("Tenant/x")]
    [InlineData(".incoming/x")]
    [InlineData("-tenant/x")]
    [InlineData("C:/x")]
    public void A_hostile_path_is_refused(string path)
    {
        Assert.Contains("expected", Assert.Throws<FormatException>(() => ArtifactName.Parse(path)).Message, StringComparison.Ordinal);
        Assert.False(ArtifactName.TryParse(path, out _));
    }

    [Fact]
    public void A_long_path_is_refused()
    {
        Assert.Equal("tenant/" + new string('x', 255), ArtifactName.Of("tenant", new string('x', 255)).Path);
        Assert.Throws<FormatException>(() => ArtifactName.Of("tenant", new string('x', 256)));
        Assert.Equal(512, ArtifactName.Of("tenant", new string('x', 249), new string('y', 255)).Path.Length);
        Assert.Throws<FormatException>(() => ArtifactName.Of("tenant", new string('x', 250), new string('y', 255)));
    }

    [Fact]
    public void The_names_of_an_item_are_its_tenants()
    {
        var item = new ItemId(Guid.Parse("0123456789abcdef0123456789abcdef"), 12);
        Assert.Equal("a-b/0123456789abcdef0123456789abcdef/000012.png", ArtifactName.Picture("a-b", item).Path);
        Assert.Equal("a-b/0123456789abcdef0123456789abcdef/000012.json", ArtifactName.Manifest("a-b", item).Path);
        Assert.Equal("a-b", ArtifactName.Picture("a-b", item).Tenant);
    }
}
