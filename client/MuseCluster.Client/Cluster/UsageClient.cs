using System.Globalization;
using MuseCluster.Client.Http;

namespace MuseCluster.Client;

/// <summary>Tells what the tenant has used.</summary>
public sealed class UsageClient
{
    private readonly MuseHttp _http;

    internal UsageClient(MuseHttp http) => _http = http;

    /// <summary>What was used.</summary>
    /// <param name="from">The first day; the server's choice where null.</param>
    /// <param name="to">The last day; the server's choice where null.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<UsageReport> GetAsync(DateOnly? from = null, DateOnly? to = null, CancellationToken cancellation = default)
    {
        string?[] query = [Part("from", from), Part("to", to)];
        var given = string.Join('&', query.OfType<string>());
        return _http.GetAsync(given.Length > 0 ? $"v1/usage?{given}" : "v1/usage", MuseJson.Default.UsageReport, cancellation);
    }

    private static string? Part(string name, DateOnly? day) => day is { } given ? $"{name}={given.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : null;
}
