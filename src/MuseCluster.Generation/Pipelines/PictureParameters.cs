using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using MuseCluster.Generation.Pictures;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Generation.Pipelines;

/// <summary>
/// What a picture's file says of how it was made: the request, and which weights. It holds nothing of when or where, so
/// that the same request gives the same file.
/// </summary>
public static class PictureParameters
{
    /// <summary>The keyword of the PNG's text chunk; the text is a JSON object.</summary>
    public const string Keyword = "muse";

    /// <summary>The parameters of a picture.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="model">What it was asked of.</param>
    public static JsonObject Of(GenerationRequest request, ModelManifest model)
    {
        var parameters = new JsonObject { ["model"] = model.Name, ["weights"] = Weights(model) };
        foreach (var (name, value) in JsonSerializer.SerializeToNode(request, RequestJson.Options)!.AsObject())
            parameters[name] = value?.DeepClone();
        return parameters;
    }

    /// <summary>A picture's file.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="parameters">Its parameters.</param>
    public static byte[] Encode(Picture picture, JsonObject parameters) =>
        Png.Encode(picture, [new PngText(Keyword, parameters.ToJsonString(RequestJson.Options))]);

    /// <summary>The request behind a picture.</summary>
    /// <param name="parameters">What its file says.</param>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="FormatException">The parameters are no request.</exception>
    public static GenerationRequest Request(JsonObject parameters, string file)
    {
        try
        {
            var request = parameters.Deserialize<GenerationRequest>(RequestJson.Options) ?? throw new FormatException($"{file}: holds no request");
            foreach (var (field, problem) in request.Problems())
                throw new FormatException($"{file}: {field} {problem}");
            return request;
        }
        catch (JsonException e)
        {
            throw new FormatException($"{file}: its parameters are no request: {e.Message}", e);
        }
    }

    /// <summary>One hash of all weights of a model.</summary>
    /// <param name="model">The model.</param>
    public static string Weights(ModelManifest model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (file, sha) in model.Sha256.OrderBy(f => f.Key, StringComparer.Ordinal))
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{file} {sha}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
