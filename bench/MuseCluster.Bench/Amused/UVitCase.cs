using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Amused;

/// <summary>Inputs of a U-ViT for one picture, of which half the tokens are masked: what both sides run it on.</summary>
public sealed class UVitCase : IDisposable
{
    private const long Seed = 2;

    /// <summary>Draws a case.</summary>
    /// <param name="config">The network.</param>
    /// <param name="textLength">Tokens of the text.</param>
    public UVitCase(UVit2DConfig config, int textLength)
    {
        ArgumentNullException.ThrowIfNull(config);
        using var scope = NewDisposeScope();
        manual_seed(Seed);
        long side = config.SampleSize;
        var ids = randint(config.CodebookSize, [1, side, side], int64);
        ids.masked_fill_(rand(1, side, side).lt(0.5), config.MaskTokenId);
        (Ids, Text, Pooled) = (ids, randn(1, textLength, config.EncoderHiddenSize), randn(1, config.CondEmbedDim));
        // A picture of 512 x 512, not cropped, of the score that aMUSEd's pipeline asks for.
        Micro = tensor([.. new float[] { 512, 512, 0, 0, 6 }.Concat(new float[config.MicroConds]).Take(config.MicroConds)], [1, config.MicroConds]);
        foreach (var tensor in (Tensor[])[Ids, Text, Pooled, Micro])
            tensor.DetachFromDisposeScope();
    }

    /// <summary>[1, H, W] int64.</summary>
    public Tensor Ids { get; }

    /// <summary>[1, L, encoder_hidden_size].</summary>
    public Tensor Text { get; }

    /// <summary>[1, cond_embed_dim].</summary>
    public Tensor Pooled { get; }

    /// <summary>[1, 5].</summary>
    public Tensor Micro { get; }

    /// <summary>Runs a network on the case.</summary>
    /// <param name="network">The network.</param>
    /// <returns>Its logits.</returns>
    public Tensor Run(UVit2DModel network)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var guard = inference_mode();
        return network.forward(Ids, Text, Pooled, Micro);
    }

    /// <summary>Writes the case with the logits of a network, for the other side to compare with.</summary>
    /// <param name="file">A .safetensors file.</param>
    /// <param name="logits">The logits.</param>
    public void Save(string file, Tensor logits) => CheckpointTensors.Save(file, new Dictionary<string, Tensor>
    {
        ["input_ids"] = Ids,
        ["encoder_hidden_states"] = Text,
        ["pooled_text_emb"] = Pooled,
        ["micro_conds"] = Micro,
        [nameof(logits)] = logits,
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[Ids, Text, Pooled, Micro])
            tensor.Dispose();
    }
}
