using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.Clip;

/// <summary>
/// The text model up to its projection: embeddings, causal blocks <c>encoder.layers.{i}</c>, and a last normalisation
/// (<c>CLIPTextTransformer</c> of transformers' <c>models/clip/modeling_clip.py</c>).
/// </summary>
internal sealed class ClipTextTransformer : nn.Module
{
    // The least bfloat16, in range of float32 too. What is added to it is lost in its rounding, so hidden scores tie.
    private const double Hidden = -3.3895313892515355e38;

    private readonly ClipTextEmbeddings embeddings;
    private readonly ModuleList<ClipEncoderLayer> layers;
    private readonly LayerNorm final_layer_norm;

    /// <summary>Makes the model; its projections are unset.</summary>
    internal ClipTextTransformer(ClipTextConfig config)
        : base(nameof(ClipTextTransformer))
    {
        embeddings = new ClipTextEmbeddings(config);
        layers = new([.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new ClipEncoderLayer(config))]);
        final_layer_norm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps);
        register_module(nameof(embeddings), embeddings);
        register_module("encoder", new Encoder(layers));
        register_module(nameof(final_layer_norm), final_layer_norm);
    }

    /// <summary>Runs the model.</summary>
    /// <param name="ids">[B, L] int64.</param>
    /// <param name="mask">[B, L], bool or integer: zero hides a position from all others. Null hides none.</param>
    /// <param name="states">Receives the input of each block and the result of the last, none of them normalised.</param>
    /// <returns>[B, L, hidden_size]: the result of the last block, normalised.</returns>
    internal Tensor forward(Tensor ids, Tensor? mask, List<Tensor> states)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor state = embeddings.forward(ids);
        Tensor bias = Bias(ids, mask).to(state.dtype);
        states.Add(scope.MoveToOuter(state));
        foreach (ClipEncoderLayer layer in layers)
            states.Add(state = scope.MoveToOuter(layer.forward(state, bias)));
        return scope.MoveToOuter(final_layer_norm.forward(state));
    }

    /// <summary>What attention adds to its scores: a large negative number at what lies ahead, and at what the mask hides.</summary>
    private static Tensor Bias(Tensor ids, Tensor? mask)
    {
        long batch = ids.size(0), length = ids.size(1);
        Tensor ahead = full([1, 1, length, length], Hidden, float32, ids.device).triu(1);
        // Twice hidden is minus infinity, as in the reference: it tells what lies ahead from what is hidden where all is either.
        return mask is null ? ahead : ahead.add(mask.eq(0).view(batch, 1, 1, length).to(float32).mul(Hidden));
    }

    /// <summary>The name that the reference puts between its text model and the list of blocks.</summary>
    private sealed class Encoder : nn.Module
    {
        internal Encoder(ModuleList<ClipEncoderLayer> layers)
            : base(nameof(Encoder)) => register_module(nameof(layers), layers);
    }
}
