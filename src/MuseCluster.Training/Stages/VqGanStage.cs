using MuseCluster.Generation.Pictures;
using MuseCluster.Models.Networks.VqGan;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using MuseCluster.Training.Runs;
using MuseCluster.Training.ShapesWorld;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Stages;

/// <summary>
/// Trains a VQGAN: first as a plain autoencoder, then through the codebook, which starts among the latents it has to
/// quantise. Gradients pass the quantiser straight through (VQ-VAE, arXiv 1711.00937, section 3.2).
/// </summary>
public sealed class VqGanStage : TrainingStage
{
    private const int StartLatents = 24_000;
    private const int StartBatch = 32;
    private const int SheetColumns = 8;
    private const ulong SheetSeed = 0x5EED;
    private readonly VqGan _network;
    private readonly VqGanRecipe _recipe;
    private readonly CodebookAverages _codebook;
    private readonly SceneBatches _batches, _sheet;
    private readonly ulong _seed;
    private Tensor? _latents, _indices;

    /// <summary>Starts from initial weights.</summary>
    /// <param name="recipe">The network and how it is trained.</param>
    /// <param name="world">How scenes are drawn.</param>
    /// <param name="seed">Fixes weights and scenes.</param>
    /// <param name="device">Where it is trained; the processor where null.</param>
    public VqGanStage(VqGanRecipe recipe, SceneSamplerOptions world, ulong seed, Device? device = null)
    {
        device ??= CPU;
        manual_seed((long)seed);
        _recipe = recipe;
        _seed = seed;
        _network = new VqGan(recipe.Network).to(device);
        _codebook = new CodebookAverages(_network.quantize, recipe.CodebookDecay);
        _batches = new SceneBatches(new SceneSampler(seed, world), recipe.Network.Resolution, device);
        _sheet = new SceneBatches(new SceneSampler(seed ^ SheetSeed, world), recipe.Network.Resolution, device);
    }

    /// <inheritdoc/>
    public override nn.Module Network => _network;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State => _codebook.State;

    private long FirstQuantized => (long)(_recipe.AutoencoderShare * _recipe.Training.Steps);

    /// <inheritdoc/>
    public override Tensor Loss(long step, IDictionary<string, double> metrics)
    {
        if (step == FirstQuantized)
            StartCodebook();
        var batch = _recipe.Training.BatchSize;
        var pictures = _batches.Render((ulong)(step * batch), batch);
        var latents = _network.encoder.forward(pictures);
        if (step < FirstQuantized)
            return ReconstructionLoss.Of(_network.decoder.forward(latents), pictures);

        using var indices = _network.quantize.Quantize(latents.detach());
        using var codes = _network.quantize.Lookup(indices);
        var commitment = (latents - codes).square().mean();
        var through = latents + (codes - latents).detach();
        _latents = latents.detach().permute(0, 2, 3, 1).reshape(-1, _recipe.Network.CodebookDim).DetachFromDisposeScope();
        _indices = indices.flatten().DetachFromDisposeScope();
        metrics["commitment"] = commitment.item<float>();
        return ReconstructionLoss.Of(_network.decoder.forward(through), pictures) + (commitment * _recipe.CommitmentWeight);
    }

    /// <inheritdoc/>
    public override void AfterStep(long step)
    {
        if (_latents is null || _indices is null)
            return;
        var random = new SceneRandom(_seed ^ 0xC0DE, (ulong)step);
        _codebook.Update(_latents, _indices, ref random);
        _latents.Dispose();
        _indices.Dispose();
        (_latents, _indices) = (null, null);
    }

    /// <inheritdoc/>
    public override Picture Draw()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var pictures = _sheet.Render(0, 2 * SheetColumns);
        return PictureSheet.Of([.. pictures.chunk(2).SelectMany(p => new[] { p, _network.Decode(_network.Encode(p)) })], SheetColumns);
    }

    private void StartCodebook()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var perPicture = _recipe.Network.GridSize * _recipe.Network.GridSize;
        var batches = Math.Max(1, (StartLatents + (StartBatch * perPicture) - 1) / (StartBatch * perPicture));
        var rows = new List<Tensor>();
        for (var i = 0; i < batches; i++)
        {
            using var inner = NewDisposeScope();
            var latents = _network.encoder.forward(_sheet.Render((ulong)((i + 1) * StartBatch), StartBatch));
            rows.Add(inner.MoveToOuter(latents.permute(0, 2, 3, 1).reshape(-1, _recipe.Network.CodebookDim)));
        }
        var random = new SceneRandom(_seed ^ 0xC0DE, ulong.MaxValue);
        _codebook.Start(cat(rows), ref random);
    }
}
