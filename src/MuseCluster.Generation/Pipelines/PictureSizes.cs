using MuseCluster.Models;
using MuseCluster.Models.Networks;

namespace MuseCluster.Generation.Pipelines;

/// <summary>What size of picture a request asks of a model, in pixels and in tokens.</summary>
public static class PictureSizes
{
    /// <summary>The grid of a picture of some size.</summary>
    /// <param name="model">The model.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <returns>The last transformer's shape, at that grid.</returns>
    /// <exception cref="ArgumentException">The model makes no such pictures; the message says which it makes.</exception>
    public static MaskedTransformerShape Grid(this MuseModel model, int width, int height)
    {
        var (shape, factor) = (model.LastShape, model.PixelsShape.Factor);
        if ((width, height) == (model.Width, model.Height))
            return shape;
        if (!shape.AnyGrid)
            throw new ArgumentException($"the size is {width}x{height}; {model.Manifest.Name} makes pictures of {model.Width}x{model.Height} alone");
        var step = factor * shape.Patch;
        if (width < step || height < step || width % step != 0 || height % step != 0 || width > GenerationRequest.LongestSide || height > GenerationRequest.LongestSide)
            throw new ArgumentException($"the size is {width}x{height}; {model.Manifest.Name} makes pictures whose sides are multiples of {step}, up to {GenerationRequest.LongestSide}");
        return shape.At(height / factor, width / factor);
    }

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
