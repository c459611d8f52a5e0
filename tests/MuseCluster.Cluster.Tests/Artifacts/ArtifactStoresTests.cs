using MuseCluster.Cluster.Artifacts;

namespace MuseCluster.Cluster.Tests.Artifacts;

public sealed class ArtifactStoresTests
{
    private const string Sas = "sv=2024-11-04&sr=c&sp=rcwld&se=2099-01-01T00%3A00%3A00Z&sig=c2VjcmV0";

    [Theory]
    [InlineData("artifacts")]
    [InlineData("/var/lib/muse")]
    [InlineData("./with=equals;and/semicolons")]
    public void A_path_is_a_folder(string setting) => Assert.IsType<FolderArtifacts>(ArtifactStores.Open(setting));

    [Theory]
    [InlineData("UseDevelopmentStorage=true")]
    [InlineData("usedevelopmentstorage=true;container=pictures")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=name;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net;Container=a-b")]
    [InlineData("BlobEndpoint=https://name.blob.core.windows.net;SharedAccessSignature=" + Sas)]
    [InlineData("https://name.blob.core.windows.net/pictures?" + Sas)]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/pictures?" + Sas)]
    public void Azures_connection_strings_and_urls_are_containers(string setting) => Assert.IsType<BlobArtifacts>(ArtifactStores.Open(setting));

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("  ", "is empty")]
    [InlineData("a\0b", "is no folder")]
    [InlineData("UseDevelopmentStorage=true;Container=", "names the container ''")]
    [InlineData("UseDevelopmentStorage=true;Container=Pictures", "names the container 'Pictures'")]
    [InlineData("UseDevelopmentStorage=true;Container=ab", "names the container 'ab'")]
    [InlineData("UseDevelopmentStorage=true;Container=a--b", "names the container 'a--b'")]
    [InlineData("UseDevelopmentStorage=true;Container=abc;Container=abd", "names the container 'abc', 'abd'")]
    [InlineData("AccountName=name;AccountKey=c2VjcmV0;Kontainer", "is no connection string")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=name", "is no connection string")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=name;AccountKey=secret!", "is no connection string")]
    [InlineData("https://name.blob.core.windows.net/pictures", "without a shared access signature")]
    [InlineData("https://name.blob.core.windows.net/?" + Sas, "expected the path of a container")]
    [InlineData("https://name.blob.core.windows.net/pictures/more?" + Sas, "expected the path of a container")]
    [InlineData("https://", "no http or https URL")]
    [InlineData("s3://pictures", "no http or https URL")]
    public void What_is_neither_is_refused_without_repeating_secrets(string setting, string problem)
    {
        var thrown = Assert.Throws<ArgumentException>(() => ArtifactStores.Open(setting));
        Assert.Contains($"the artifact store", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
        Assert.Contains("expected a folder, an Azure Storage connection string", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", thrown.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret!", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_no_folder()
    {
        var file = Path.GetTempFileName();
        try
        {
            Assert.Contains($"'{file}'", Assert.Throws<ArgumentException>(() => ArtifactStores.Open(file)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
