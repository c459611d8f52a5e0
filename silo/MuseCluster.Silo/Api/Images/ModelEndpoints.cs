using MuseCluster.Generation.Decoding;
using MuseCluster.Models;
using MuseCluster.Models.Checkpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MuseCluster.Silo.Api.Images;

/// <summary>A model, as OpenAI lists it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Created">When this silo started, in seconds since 1970.</param>
/// <param name="Muse">What is ours.</param>
public sealed record ModelAnswer(string Id, long Created, ModelDetails Muse)
{
    /// <summary>Always <c>model</c>.</summary>
    public string Object => "model";

    /// <summary>Always <c>musecluster</c>.</summary>
    public string OwnedBy => "musecluster";
}

/// <summary>What there is to know of a model before asking for pictures.</summary>
/// <param name="Size">Its pictures' size.</param>
/// <param name="Defaults">What stands in for fields that are not given.</param>
/// <param name="Schedules">The mask schedules.</param>
public sealed record ModelDetails(string Size, GenerationDefaults Defaults, IReadOnlyList<string> Schedules);

/// <summary>The models that are served.</summary>
internal static class ModelEndpoints
{
    /// <summary>Maps the routes.</summary>
    /// <param name="routes">Where.</param>
    /// <param name="gateway">What they work with, once the silo serves.</param>
    public static void Map(IEndpointRouteBuilder routes, Func<Gateway> gateway)
    {
        routes.MapGet("/models", () => Results.Json(new ListAnswer<ModelAnswer>([.. gateway().Models.Values.Select(m => Answer(gateway(), m))]), ApiJson.Options))
            .WithSummary("The models").WithTags("models").Produces<ListAnswer<ModelAnswer>>();
        routes.MapGet("/models/{id}", (string id) => Results.Json(Answer(gateway(), gateway().Model(id, "id")), ApiJson.Options))
            .WithSummary("A model").WithTags("models").Produces<ModelAnswer>();
    }

    private static ModelAnswer Answer(Gateway gateway, MuseModel model) =>
        new(model.Manifest.Name, gateway.Started.ToUnixTimeSeconds(), new ModelDetails(ImageRequest.SizeOf(model), model.Manifest.Defaults, [.. MaskSchedules.Names]));
}
