using System.Globalization;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;
using MuseCluster.Silo.Api.Requests;

namespace MuseCluster.Silo.Api.Images;

/// <summary>What a request for images asks for, by OpenAI's fields and ours.</summary>
/// <param name="Model">The model.</param>
/// <param name="Requests">A request for each picture.</param>
/// <param name="AsUrl">Whether pictures are told as URLs.</param>
/// <param name="Stream">Whether the answer is a stream of events.</param>
/// <param name="Partials">Previews of each picture in the stream.</param>
internal sealed record ImageRequest(MuseModel Model, IReadOnlyList<GenerationRequest> Requests, bool AsUrl, bool Stream, int Partials)
{
    /// <summary>Most pictures of one request.</summary>
    public const int MostPictures = 10;

    /// <summary>The pictures' size as the API writes it.</summary>
    public string Size => SizeOf(Model, Requests[0]);

    /// <summary>A model's size as the API writes it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">What is asked of it; null for its own.</param>
    public static string SizeOf(MuseModel model, GenerationRequest? request = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{request?.Width ?? model.Width}x{request?.Height ?? model.Height}");

    /// <summary>Reads a body.</summary>
    /// <param name="fields">Its fields.</param>
    /// <param name="gateway">Has the models.</param>
    /// <param name="seed">The seed where none is given.</param>
    /// <param name="batch">Whether it is a batch's line: then pictures are URLs unless it asks otherwise, and nothing is streamed.</param>
    /// <exception cref="Errors.ApiException">A field is wrong.</exception>
    public static ImageRequest Read(JsonFields fields, Gateway gateway, ulong seed, bool batch = false)
    {
        var model = gateway.Model(fields.Text("model", 1000), fields.Path("model"));
        var request = GenerationFields.Read(fields, model.Manifest.Defaults, seed);
        var count = (int)(fields.Whole("n", 1, MostPictures) ?? 1);
        request = Sized(fields, model, request);
        fields.Choice("output_format", "png");
        var format = fields.Choice("response_format", "b64_json", "url");
        fields.Text("user", 1000);
        fields.Ignore("quality", "style", "background", "moderation");
        var stream = fields.Flag("stream");
        if (batch && stream)
            throw fields.Wrong("stream", "is true, expected false in a batch");
        var partials = (int)(fields.Whole("partial_images", 0, 3) ?? 0);
        if (partials > 0 && !stream)
            throw fields.Wrong("partial_images", "is given without stream, expected stream to be true");
        fields.End();
        return new ImageRequest(model, [.. Enumerable.Range(0, count).Select(i => request with { Picture = (uint)i })], batch ? format != "b64_json" : format == "url", stream, partials);
    }

    /// <summary>The job that makes the pictures.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="tenant">Whose it is.</param>
    public Job Job(Guid id, string tenant) => new() { Id = id, Tenant = tenant, Model = Model.Manifest.Name, Class = PriorityClass.Interactive, Requests = Requests };

    private static GenerationRequest Sized(JsonFields fields, MuseModel model, GenerationRequest request)
    {
        if (fields.Text("size", 100) is not { } size || size == "auto" || size == SizeOf(model))
            return request;
        var sides = size.Split('x');
        if (sides.Length != 2 || !int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out var width) || !int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height))
            throw fields.Wrong("size", $"is '{size}', expected auto or a width and a height such as {SizeOf(model)}");
        return model.SizeProblem(width, height) is { } problem ? throw fields.Wrong("size", problem) : request with { Width = width, Height = height };
    }
}
