using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.OpenMuse;

/// <summary>
/// One layer (<c>TransformerLayer</c> of open-muse's <c>muse/modeling_transformer.py</c>): self-attention, attention to the text
/// where there is one, feed-forward, each normalised before and, in a NormFormer (arXiv 2110.09456), after.
/// </summary>
public sealed class MaskGitLayer : nn.Module
{
    private readonly nn.Module<Tensor, Tensor> selfNorm;
    private readonly MaskGitAttention self;
    private readonly nn.Module<Tensor, Tensor>? afterSelf;
    private readonly nn.Module<Tensor, Tensor>? crossNorm;
    private readonly MaskGitAttention? cross;
    private readonly nn.Module<Tensor, Tensor>? afterCross;
    private readonly MaskGitFeedForward feedForward;

    /// <summary>Makes a layer.</summary>
    /// <param name="config">The model.</param>
    public MaskGitLayer(MaskGitConfig config)
        : base(nameof(MaskGitLayer))
    {
        ArgumentNullException.ThrowIfNull(config);
        selfNorm = Register("attn_layer_norm");
        self = new MaskGitAttention(config, config.HiddenSize);
        register_module("attention", self);
        if (config.UseNormformer) afterSelf = Register("post_attn_layer_norm");
        feedForward = new MaskGitFeedForward(config);
        register_module("ffn", feedForward);
        if (!config.AddCrossAttention) return;
        crossNorm = Register("crossattn_layer_norm");
        cross = new MaskGitAttention(config, config.ProjectEncoderHiddenStates ? config.HiddenSize : config.EncoderHiddenSize);
        register_module("crossattention", cross);
        if (config.UseNormformer) afterCross = Register("post_crossattn_layer_norm");

        nn.Module<Tensor, Tensor> Register(string name)
        {
            var norm = MaskGitNorm.Make(config.HiddenSize, config.NormType, config.LayerNormEps, config.UseBias);
            register_module(name, norm);
            return norm;
        }
    }

    /// <summary>Computes the layer.</summary>
    /// <param name="states">[B, N, hidden_size].</param>
    /// <param name="text">[B, S, text width]; null where the model has no cross-attention.</param>
    /// <param name="hidden">[B, 1, 1, S] bool, true where a position of the text is hidden; null hides none.</param>
    /// <param name="observe">Is given the outputs of <c>attention</c> and <c>ffn</c>, which are disposed afterwards.</param>
    /// <returns>[B, N, hidden_size].</returns>
    public Tensor forward(Tensor states, Tensor? text, Tensor? hidden, Action<string, Tensor>? observe = null)
    {
        ArgumentNullException.ThrowIfNull(states);
        using DisposeScope scope = NewDisposeScope();
        Tensor input = selfNorm.forward(states);
        Tensor attended = self.forward(input, input);
        observe?.Invoke("attention", attended);
        Tensor x = states.add(afterSelf is null ? attended : afterSelf.forward(attended));
        if (cross is not null && text is not null)
        {
            attended = cross.forward(crossNorm!.forward(x), text, hidden);
            x = x.add(afterCross is null ? attended : afterCross.forward(attended));
        }

        Tensor fed = feedForward.forward(x);
        observe?.Invoke("ffn", fed);
        return scope.MoveToOuter(x.add(fed));
    }

    /// <summary>The keys and values of a text.</summary>
    /// <param name="text">[N, S, text width].</param>
    /// <returns>Each [N x heads, S, head width].</returns>
    internal (Tensor Keys, Tensor Values) Project(Tensor text) => cross!.Project(text);

    /// <summary>Computes the layer over the rows of a pass.</summary>
    /// <param name="rows">[Pictures, Rows, hidden_size].</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="conditioning">The keys and values of all layers.</param>
    /// <param name="index">Which are this layer's.</param>
    /// <returns>[Pictures, Rows, hidden_size].</returns>
    internal Tensor Rows(Tensor rows, RowLayout layout, Conditioning conditioning, int index)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor attended = self.Self(selfNorm.forward(rows), layout);
        Tensor x = rows.add(afterSelf is null ? attended : afterSelf.forward(attended));
        if (cross is not null)
        {
            attended = cross.Cross(crossNorm!.forward(x), layout, conditioning, index);
            x = x.add(afterCross is null ? attended : afterCross.forward(attended));
        }

        return scope.MoveToOuter(x.add(feedForward.forward(x)));
    }
}
