using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MuseCluster.Cluster.Ledger;
using MuseCluster.Cluster.Work;
using MuseCluster.Silo.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api.Requests;

/// <summary>
/// Makes a repeated POST the first one: the job's id follows from tenant, route and key, and the ledger accepts an id once.
/// </summary>
internal static class IdempotencyKey
{
    private const string Header = "Idempotency-Key";
    private const int Compared = 1000;

    /// <summary>The id that a POST's job has.</summary>
    /// <param name="http">The request.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <returns>Null where the request has no key.</returns>
    /// <exception cref="ApiException">The key is wrong.</exception>
    public static Guid? Id(HttpContext http, string tenant)
    {
        if (!http.Request.Headers.TryGetValue(Header, out var values))
            return null;
        var key = values.ToString();
        if (values.Count != 1 || key.Length is 0 or > 255 || !key.All(c => c is > ' ' and <= '~'))
            throw ApiException.Invalid(Header, "is wrong, expected 1 to 255 printable ASCII characters, once");
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}\n{http.Request.Path}\n{key}")).AsSpan(0, 16));
    }

    /// <summary>The seed of an id: a repeated request without a seed asks for the same pictures.</summary>
    /// <param name="id">The id.</param>
    public static ulong Seed(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        // JavaScript holds 53 bits.
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) >> 11;
    }

    /// <summary>Submits a job, or finds that it was submitted before.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="job">The job.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="ApiException">The key was used for another job.</exception>
    public static async Task SubmitAsync(ILedger ledger, Job job, CancellationToken cancellation)
    {
        if (await ledger.SubmitAsync(job, cancellation).ConfigureAwait(false))
            return;
        var first = (await ledger.GetJobAsync(job.Id, cancellation).ConfigureAwait(false))!;
        var same = first.Tenant == job.Tenant && first.Model == job.Model && first.Class == job.Class && first.Items == job.Requests.Count;
        for (var from = 0; same && from < job.Requests.Count; from += Compared)
            same = (await ledger.GetItemsAsync(job.Id, from, Compared, cancellation).ConfigureAwait(false)).All(i => i.Item.Request == job.Requests[i.Item.Id.Index]);
        if (!same)
            throw Reused();
    }

    /// <summary>The key was used for another request.</summary>
    public static ApiException Reused() => new(
        StatusCodes.Status409Conflict, "conflict_error", "idempotency_key_reused", $"{Header} was used for another request; expected a key of its own for each", Header);
}
