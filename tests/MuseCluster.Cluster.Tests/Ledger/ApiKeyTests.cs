using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Tests.Ledger;

public sealed class ApiKeyTests
{
    [Fact]
    public void A_key_is_told_again_and_its_secret_is_not_kept()
    {
        var (key, record) = ApiKey.Create();
        Assert.True(ApiKey.TryParse(key, out var parsed));
        Assert.Equal(record.Id, parsed.Id);
        Assert.True(record.Matches(parsed));
        Assert.DoesNotContain(key[22..], record.Hash, StringComparison.Ordinal);
        Assert.NotEqual(key, ApiKey.Create().Key);
    }

    [Fact]
    public void Any_other_secret_does_not_match()
    {
        var (key, record) = ApiKey.Create();
        for (var i = 22; i < key.Length; i++)
        {
            var wrong = key[..i] + (key[i] == 'A' ? 'B' : 'A') + key[(i + 1)..];
            Assert.True(ApiKey.TryParse(wrong, out var parsed));
            Assert.False(record.Matches(parsed));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk-1234567890123456789012345678901234567890")]
    [InlineData("muse_0123456789abcdef")]
    [InlineData("muse_0123456789abcdef-0123456789012345678901234567890123456789")]
    public void Another_text_is_no_key(string text) => Assert.False(ApiKey.TryParse(text, out _));
}
