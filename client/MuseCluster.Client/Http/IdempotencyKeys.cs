namespace MuseCluster.Client.Http;

/// <summary>Makes keys by which a server knows a repeated call.</summary>
internal static class IdempotencyKeys
{
    /// <summary>A key that no other call has.</summary>
    public static string New() => Guid.NewGuid().ToString("N");
}
