using System.Globalization;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Networks.OpenMuse;

/// <summary>
/// open-muse's <c>MaskGitTransformer</c> (<c>muse/modeling_transformer.py</c>): a masked transformer over the codes of a picture,
/// conditioned by a class token in front of them, or by a text through cross-attention. Parameters have the reference's names.
/// </summary>
public sealed class MaskGitTransformer : nn.Module
{
    private readonly Linear? textProjection;
    private readonly nn.Module<Tensor, Tensor>? textNorm;
    private readonly nn.Module<Tensor, Tensor>? norm;
    private readonly nn.Module<Tensor, Tensor> head;

    /// <summary>Makes a transformer with new weights, drawn as PyTorch's layers draw theirs.</summary>
    /// <param name="config">The model.</param>
    /// <exception cref="ArgumentException">The config is not valid; names the fields.</exception>
    public MaskGitTransformer(MaskGitConfig config)
        : base(nameof(MaskGitTransformer))
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        embed = new MaskGitEmbedding(config);
        register_module("embed", embed);
        if (config.ProjectEncoderHiddenStates)
        {
            textProjection = nn.Linear(config.EncoderHiddenSize, config.HiddenSize, config.UseBias);
            textNorm = MaskGitNorm.Make(config.HiddenSize, config.NormType, config.LayerNormEps, config.UseBias);
            register_module("encoder_proj", textProjection);
            register_module("encoder_proj_layer_norm", textNorm);
        }

        layers = new([.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new MaskGitLayer(config))]);
        register_module("transformer_layers", layers);
        if (config.UseEncoderLayernorm)
        {
            norm = MaskGitNorm.Make(config.HiddenSize, config.NormType, config.LayerNormEps, config.UseBias);
            register_module("encoder_layer_norm", norm);
        }

        head = config.UseMlmLayer ? new MaskGitMlmLayer(config) : nn.Linear(config.HiddenSize, config.OutputSize, config.UseBias);
        register_module(config.UseMlmLayer ? "mlm_layer" : "to_logits", head);
    }

    /// <summary>The model.</summary>
    public MaskGitConfig Config { get; }

    /// <summary>Tokens to vectors.</summary>
    internal MaskGitEmbedding embed { get; }

    /// <summary>The layers.</summary>
    internal ModuleList<MaskGitLayer> layers { get; }

    /// <summary>Loads a transformer for inference: its parameters ask for no gradients.</summary>
    /// <param name="config">The model.</param>
    /// <param name="checkpoint">Its weights.</param>
    /// <param name="device">Where the weights go; null for the CPU.</param>
    /// <param name="dtype">Their type.</param>
    /// <exception cref="CheckpointException">Tensors are missing, unexpected or of the wrong shape; lists all.</exception>
    /// <exception cref="ArgumentException">The config is not valid; names the fields.</exception>
    public static MaskGitTransformer Load(MaskGitConfig config, Checkpoint checkpoint, Device? device = null, ScalarType dtype = float32) =>
        CheckpointTensors.Load(() => new MaskGitTransformer(config), checkpoint, device, dtype);

    /// <summary>Predicts tokens.</summary>
    /// <param name="ids">[B, N] int64 tokens, N at most <see cref="MaskGitConfig.MaxPositionEmbeddings"/>; a class's token, codebook_size plus the class, stands first.</param>
    /// <param name="text">[B, S, encoder_hidden_size] states of the text, which a model with cross-attention needs and others do not take.</param>
    /// <param name="textMask">[B, S], bool or integer: zero hides a position of the text. Null hides none.</param>
    /// <param name="observe">
    /// Is given the outputs of <c>embed</c>, of every <c>transformer_layers.{i}</c> and of that layer's <c>attention</c> and
    /// <c>ffn</c>, by these names. They are disposed afterwards.
    /// </param>
    /// <returns>[B, N, <see cref="MaskGitConfig.OutputSize"/>] logits, a class token's position included.</returns>
    /// <exception cref="ArgumentException">A shape is wrong, or the text is missing or not taken.</exception>
    public Tensor forward(Tensor ids, Tensor? text = null, Tensor? textMask = null, Action<string, Tensor>? observe = null)
    {
        CheckShapes(ids, text, textMask);
        using DisposeScope scope = NewDisposeScope();
        Tensor states = embed.forward(ids);
        observe?.Invoke("embed", states);
        Tensor? context = text is null ? null : Text(text);
        Tensor? hidden = textMask?.eq(0).unsqueeze(1).unsqueeze(1);
        for (int i = 0; i < layers.Count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"transformer_layers.{i}");
            Tensor next = layers[i].forward(states, context, hidden, observe is null ? null : (part, output) => observe($"{name}.{part}", output));
            states.Dispose();
            states = next;
            observe?.Invoke(name, states);
        }

        return scope.MoveToOuter(head.forward(norm is null ? states : norm.forward(states)));
    }

    /// <summary>A text as the layers see it.</summary>
    /// <param name="text">[B, S, encoder_hidden_size].</param>
    /// <returns>[B, S, width of what the layers attend to].</returns>
    internal Tensor Text(Tensor text) => textProjection is null ? text : textNorm!.forward(textProjection.forward(text));

    /// <summary>Logits of the codes alone, classes and mask left out.</summary>
    /// <param name="states">[M, hidden_size]: what the layers give.</param>
    /// <returns>[M, codebook_size].</returns>
    internal Tensor Codes(Tensor states)
    {
        Tensor x = norm is null ? states : norm.forward(states);
        var (hidden, last) = head is MaskGitMlmLayer mlm ? (mlm.Hidden(x), mlm.Logits) : (x, (Linear)head);
        return nn.functional.linear(hidden, last.weight.narrow(0, 0, Config.CodebookSize), last.bias?.narrow(0, 0, Config.CodebookSize));
    }

    private void CheckShapes(Tensor ids, Tensor? text, Tensor? textMask)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.ndim != 2 || ids.size(1) < 1 || ids.size(1) > Config.MaxPositionEmbeddings)
            throw new ArgumentException($"ids has shape {Show(ids)}; expected [B, N] with N from 1 to {Config.MaxPositionEmbeddings}", nameof(ids));
        if (Config.AddCrossAttention == text is null)
        {
            throw new ArgumentException(Config.AddCrossAttention
                ? "text is missing; this model attends to a text" : "text was given; this model has no cross-attention", nameof(text));
        }

        long batch = ids.size(0);
        if (text is not null && (text.ndim != 3 || text.size(0) != batch || text.size(1) < 1 || text.size(2) != Config.EncoderHiddenSize))
            throw new ArgumentException($"text has shape {Show(text)}; expected [{batch}, S, {Config.EncoderHiddenSize}] with S at least 1", nameof(text));
        if (textMask is not null && (text is null || textMask.ndim != 2 || textMask.size(0) != batch || textMask.size(1) != text.size(1)))
            throw new ArgumentException($"textMask has shape {Show(textMask)}; expected that of text without its width", nameof(textMask));
    }

    private static string Show(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
