using MuseCluster.Generation.Pipelines;
using MuseCluster.Models;

namespace MuseCluster.Bench.Arithmetic;

/// <summary>The arithmetic of one picture by phase of the pipeline. The empty prompt's encoding, shared by all, is left out.</summary>
/// <param name="Text">The prompt's encoding and the conditioning of both transformers.</param>
/// <param name="Base">The base transformer's passes.</param>
/// <param name="Superres">The super-resolution transformer's passes.</param>
/// <param name="Pixels">Pixel decoding.</param>
public sealed record PictureWork(Work Text, Work Base, Work Superres, Work Pixels)
{
    /// <summary>All phases.</summary>
    public Work Total => Text + Base + Superres + Pixels;

    /// <summary>Counts the work of a request.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">The request.</param>
    public static PictureWork Of(MuseModel model, GenerationRequest request)
    {
        var (low, high) = (request.BaseDecoding(), request.SuperresDecoding());
        var lowWork = new TransformerWork(model.Base.Config());
        var text = TextWork.Encode(model.TextConfig(), model.PromptShape.Length) + lowWork.Conditioning(TransformerWork.Groups(low));
        var superres = default(Work);
        if (model.Superres is { } network)
        {
            var highWork = new TransformerWork(network.Config());
            text += highWork.Conditioning(TransformerWork.Groups(high));
            superres = highWork.Passes(high);
        }
        return new PictureWork(text, lowWork.Passes(low), superres, PixelWork.Decode(model.PixelsConfig()));
    }
}
