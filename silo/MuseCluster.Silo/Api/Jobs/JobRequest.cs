using System.Globalization;
using System.Text.Json;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Silo.Api.Errors;
using MuseCluster.Silo.Api.Requests;

namespace MuseCluster.Silo.Api.Jobs;

/// <summary>Reads the body of a job.</summary>
internal static class JobRequest
{
    /// <summary>Bytes of a body.</summary>
    public const long Largest = 32 << 20;

    /// <summary>Most items of one job that comes by HTTP; more are several jobs, or a batch.</summary>
    public const int MostItems = 100_000;

    /// <summary>Reads a job.</summary>
    /// <param name="fields">The body.</param>
    /// <param name="gateway">Has the models.</param>
    /// <param name="id">The job's id.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="seed">The seed where none is given.</param>
    /// <exception cref="ApiException">A field is wrong.</exception>
    public static Job Read(JsonFields fields, Gateway gateway, Guid id, string tenant, ulong seed)
    {
        var model = gateway.Model(fields.Text("model", 1000));
        var choice = fields.Choice("class", "interactive", "batch");
        if (fields.Find("requests") is not { } list)
            throw fields.Missing("requests");
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            throw fields.Wrong("requests", "is empty or no array, expected an array of at least one request");
        fields.End();
        var requests = new List<GenerationRequest>();
        foreach (var element in list.EnumerateArray())
        {
            var item = new JsonFields(element, string.Create(CultureInfo.InvariantCulture, $"requests[{requests.Count}]."));
            var count = (int)(item.Whole("n", 1, MostItems) ?? 1);
            var picture = (uint)(item.Whole("picture", 0, uint.MaxValue - MostItems) ?? 0);
            var request = GenerationFields.Read(item, model.Manifest.Defaults, seed);
            item.End();
            if (requests.Count + count > MostItems)
                throw fields.Wrong("requests", string.Create(CultureInfo.InvariantCulture, $"ask for more than {MostItems} pictures, expected that at most; split the job, or submit a batch"));
            requests.AddRange(Enumerable.Range(0, count).Select(i => request with { Picture = picture + (uint)i }));
        }
        return new Job { Id = id, Tenant = tenant, Model = model.Manifest.Name, Class = choice == "interactive" ? PriorityClass.Interactive : PriorityClass.Batch, Requests = requests };
    }
}

/// <summary>What a job may hold, for the API's description.</summary>
/// <param name="Model">The model; the first that is served where not given.</param>
/// <param name="Class">interactive or batch; batch where not given.</param>
/// <param name="Requests">What to show.</param>
public sealed record JobBody(string? Model, string? Class, IReadOnlyList<JobBodyRequest> Requests);

/// <summary>What a job's request may hold, for the API's description.</summary>
public sealed record JobBodyRequest : GenerationBody
{
    /// <summary>Pictures of it.</summary>
    public int? N { get; init; }

    /// <summary>The index of the first picture among those of one prompt and seed.</summary>
    public uint? Picture { get; init; }
}
