using MuseCluster.Models;
using MuseCluster.Models.Networks;

namespace MuseCluster.Generation.Pipelines;

/// <summary>What size of picture a request asks of a model, in pixels and in tokens.</summary>
public static class PictureSizes
{
    /// <summary>Why a model makes no pictures of some size.</summary>
    /// <param name="model">The model.</param>
    /// <param name="width">Their width in pixels.</param>
    /// <param name="height">Their height in pixels.</param>
    /// <returns>What was found and what is expected; null where it makes them.</returns>
    public static string? SizeProblem(this MuseModel model, int width, int height)
    {
        if ((width, height) == (model.Width, model.Height))
            return null;
        if (!model.LastShape.AnyGrid)
            return $"the size is {width}x{height}; {model.Manifest.Name} makes pictures of {model.Width}x{model.Height} alone";
        var step = model.PixelsShape.Factor * model.LastShape.Patch;
        bool Fits(int side) => side >= step && side % step == 0 && side <= GenerationRequest.LongestSide;
        return Fits(width) && Fits(height)
            ? null
            : $"the size is {width}x{height}; {model.Manifest.Name} makes pictures whose sides are multiples of {step}, up to {GenerationRequest.LongestSide}";
    }

    /// <summary>The grid of a picture of some size.</summary>
    /// <param name="model">The model.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <returns>The last transformer's shape, at that grid.</returns>
    /// <exception cref="ArgumentException">The model makes no such pictures; the message says which it makes.</exception>
    public static MaskedTransformerShape Grid(this MuseModel model, int width, int height) => model.SizeProblem(width, height) is { } problem
        ? throw new ArgumentException(problem)
        : model.LastShape.At(height / model.PixelsShape.Factor, width / model.PixelsShape.Factor);

    /// <summary>The grid that the last transformer decodes for a request.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">The request.</param>
    /// <exception cref="ArgumentException">The model makes no such pictures.</exception>
    public static MaskedTransformerShape LastGrid(this MuseModel model, GenerationRequest request) =>
        model.Grid(request.Width ?? model.Width, request.Height ?? model.Height);

    /// <summary>The grid that the base transformer decodes for a request.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">The request.</param>
    /// <exception cref="ArgumentException">The model makes no such pictures.</exception>
    public static MaskedTransformerShape BaseGrid(this MuseModel model, GenerationRequest request)
    {
        var last = model.LastGrid(request);
        return model.SuperresShape is null ? last : model.BaseShape;
    }
}
