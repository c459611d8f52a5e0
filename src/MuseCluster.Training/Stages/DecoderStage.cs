using MuseCluster.Generation.Pictures;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.Runs;
using MuseCluster.Training.ShapesWorld;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Stages;

/// <summary>
/// Trains a larger decoder on the tokens of a finished VQGAN whose encoder and codebook stay as they are, so that the
/// transformers' tokens keep their meaning (Muse, arXiv 2301.00704, section 2.7).
/// </summary>
public sealed class DecoderStage : TrainingStage
{
    private const int SheetColumns = 8;
    private readonly VqGan _frozen;
    private readonly VqGanDecoder _decoder;
    private readonly VqGanRecipe _recipe;
    private readonly SceneBatches _batches, _sheet;

    /// <summary>Starts from initial weights.</summary>
    /// <param name="recipe">The decoder's shape, beside the frozen network's encoder and codebook, and how it is trained.</param>
    /// <param name="frozen">The finished VQGAN; owned by the caller.</param>
    /// <param name="world">How scenes are drawn.</param>
    /// <param name="seed">Fixes weights and scenes.</param>
    /// <param name="device">Where it is trained; the processor where null.</param>
    public DecoderStage(VqGanRecipe recipe, VqGan frozen, SceneSamplerOptions world, ulong seed, Device? device = null)
    {
        device ??= CPU;
        manual_seed((long)seed);
        _recipe = recipe;
        _frozen = frozen;
        _decoder = new VqGanDecoder(recipe.Network).to(device);
        _batches = new SceneBatches(new SceneSampler(seed, world), recipe.Network.Resolution, device);
        _sheet = new SceneBatches(new SceneSampler(~seed, world), recipe.Network.Resolution, device);
    }

    /// <inheritdoc/>
    public override nn.Module Network => _decoder;

    /// <inheritdoc/>
    public override Tensor Loss(long step, IDictionary<string, double> metrics)
    {
        var batch = _recipe.Training.BatchSize;
        var pictures = _batches.Render((ulong)(step * batch), batch);
        return ReconstructionLoss.Of(_decoder.forward(Codes(pictures)), pictures);
    }

    /// <inheritdoc/>
    public override Picture Draw()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var pictures = _sheet.Render(0, SheetColumns);
        var codes = Codes(pictures);
        return PictureSheet.Of([pictures, _frozen.decoder.forward(codes), _decoder.forward(codes)], SheetColumns);
    }

    private Tensor Codes(Tensor pictures)
    {
        using var guard = no_grad();
        return _frozen.quantize.Lookup(_frozen.Encode(pictures));
    }
}
