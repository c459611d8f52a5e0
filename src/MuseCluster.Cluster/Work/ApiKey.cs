using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MuseCluster.Cluster.Work;

/// <summary>
/// What a tenant shows to be let in: <c>muse_ID_SECRET</c>. The ledger has the id and the secret's hash; the secret is 256
/// random bits, so that a plain hash cannot be guessed back.
/// </summary>
public static class ApiKey
{
    private const string Prefix = "muse_";
    private const int IdLength = 16;

    /// <summary>Makes a key.</summary>
    /// <returns>The key as its tenant gets it, once; and what the ledger keeps.</returns>
    public static (string Key, ApiKeyRecord Record) Create()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2));
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return ($"{Prefix}{id}_{secret}", new ApiKeyRecord(id, Hash(secret)));
    }

    /// <summary>Takes a key apart.</summary>
    /// <param name="key">The key.</param>
    /// <param name="record">Its id, and the hash that the ledger's must equal.</param>
    /// <returns>False where the text is no key.</returns>
    public static bool TryParse(string key, out ApiKeyRecord record)
    {
        record = new ApiKeyRecord("", "");
        if (key.Length is < 30 or > 128 || !key.StartsWith(Prefix, StringComparison.Ordinal) || key[Prefix.Length + IdLength] != '_')
            return false;
        record = new ApiKeyRecord(key.Substring(Prefix.Length, IdLength), Hash(key[(Prefix.Length + IdLength + 1)..]));
        return true;
    }

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}

/// <summary>What the ledger keeps of a key.</summary>
/// <param name="Id">Finds it.</param>
/// <param name="Hash">SHA-256 of its secret, in hexadecimal digits.</param>
public sealed record ApiKeyRecord(string Id, string Hash)
{
    /// <summary>Whether both have the same secret. Takes the same time whatever differs.</summary>
    /// <param name="other">The other.</param>
    public bool Matches(ApiKeyRecord other) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash), Encoding.ASCII.GetBytes(other.Hash));
}
