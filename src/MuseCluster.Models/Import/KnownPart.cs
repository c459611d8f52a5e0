using MuseCluster.Models.Stages;

namespace MuseCluster.Models.Import;

/// <summary>A kind of part that models are published with, known by the class that its configuration names.</summary>
/// <param name="Class">The class, or whatever else stands in its place in the configuration.</param>
/// <param name="Role">What it serves.</param>
/// <param name="Network">Its type id in manifests; null where this build has none.</param>
/// <param name="Family">For transformers, the family that its decoding follows.</param>
/// <param name="Refusal">Why it serves no model here; null where it does.</param>
internal sealed record KnownPart(string Class, PartRole Role, string? Network = null, string? Family = null, string? Refusal = null)
{
    /// <summary>The tokenizer of CLIP.</summary>
    public static readonly KnownPart ClipTokenizer = new("CLIP tokenizer", PartRole.Tokenizer, TextNetworks.ClipTokenizerKind);

    /// <summary>The tokenizer of T5.</summary>
    public static readonly KnownPart SentencePiece = new("SentencePiece tokenizer", PartRole.Tokenizer, TextNetworks.SentencePieceKind);

    /// <summary>All that have a configuration. A new kind is a line here.</summary>
    public static readonly IReadOnlyList<KnownPart> All =
    [
        // diffusers
        new("UVit2DModel", PartRole.Transformer, TransformerNetworks.UVit2D, ModelFamily.Amused),
        new("VQModel", PartRole.Pixels, PixelNetworks.Diffusers),
        new("AmusedScheduler", PartRole.Scheduler),
        new("AutoencoderKL", PartRole.None, Refusal: "an autoencoder without tokens; masked decoding needs one with a codebook, such as VQModel"),

        // open-muse
        new("MaskGiTUViT_v2", PartRole.Transformer, TransformerNetworks.UVit2D, ModelFamily.OpenMuse),
        new("MaskGitTransformer", PartRole.Transformer, TransformerNetworks.MaskGit, ModelFamily.OpenMuse),
        new("MaskGitVQGAN", PartRole.Pixels, PixelNetworks.MaskGit),
        new("VQGANModel", PartRole.Pixels, PixelNetworks.OpenMuse),
        new("PaellaVQModel", PartRole.Pixels, PixelNetworks.Paella),

        // muse-maskgit-pytorch, whose classes have the names that their configuration's field class holds
        new("muse-maskgit-pytorch MaskGitTransformer", PartRole.Transformer, TransformerNetworks.MuseMaskGitPytorch, ModelFamily.MuseMaskGitPytorch),
        new("muse-maskgit-pytorch TokenCritic", PartRole.None, Refusal: "a critic of training; decoding here does without"),

        // taming-transformers
        new("taming.models.vqgan.VQModel", PartRole.Pixels, PixelNetworks.Taming),
        new("taming.models.vqgan.VQNoDiscModel", PartRole.Pixels, PixelNetworks.Taming),

        // transformers
        new("CLIPTextModelWithProjection", PartRole.Text, TextNetworks.Clip),
        new("CLIPTextModel", PartRole.Text, TextNetworks.Clip),
        new("CLIPModel", PartRole.Text, TextNetworks.Clip),
        new("clip_text_model", PartRole.Text, TextNetworks.Clip),
        new("T5EncoderModel", PartRole.Text, TextNetworks.T5),
        new("T5ForConditionalGeneration", PartRole.Text, TextNetworks.T5),
        new("T5Model", PartRole.Text, TextNetworks.T5),
        new("MT5EncoderModel", PartRole.Text, TextNetworks.T5),
        new("MT5ForConditionalGeneration", PartRole.Text, TextNetworks.T5),
        new("MT5Model", PartRole.Text, TextNetworks.T5),
        new("t5", PartRole.Text, TextNetworks.T5),
        new("mt5", PartRole.Text, TextNetworks.T5),
    ];

    /// <summary>The kind of a class; null where it is unknown.</summary>
    public static KnownPart? Find(string name) => All.FirstOrDefault(p => p.Class == name);

    /// <summary>The classes that serve a stage, for messages.</summary>
    public static string Expected(PartRole role) => string.Join(", ", All.Where(p => p.Role == role && char.IsUpper(p.Class[0])).Select(p => p.Class));
}
