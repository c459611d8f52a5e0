using System.Text;
using System.Text.Json;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Prompts;

namespace MuseCluster.Models.Networks.MuseMaskGitPytorch;

/// <summary>
/// The dimensions of a transformer of muse-maskgit-pytorch (<c>muse_maskgit_pytorch/muse_maskgit_pytorch.py</c>), under the
/// names of the constructor's arguments. The reference writes no configuration; a file of these names is what a model needs.
/// </summary>
public sealed record TransformerConfig
{
    private const int MaxFileBytes = 1 << 20;

    /// <summary><c>class</c>: which of the reference's classes it is. Default <see cref="TransformerRole.MaskGitTransformer"/>.</summary>
    public TransformerRole Role { get; init; } = TransformerRole.MaskGitTransformer;

    /// <summary><c>num_tokens</c>: the codes, the mask not counted.</summary>
    public required int NumTokens { get; init; }

    /// <summary><c>dim</c>: the width of the hidden states.</summary>
    public required int Dim { get; init; }

    /// <summary><c>seq_len</c>: the most codes of one picture.</summary>
    public required int SeqLen { get; init; }

    /// <summary><c>depth</c>: layers.</summary>
    public required int Depth { get; init; }

    /// <summary><c>text_embed_dim</c>: the width of the text's states, which the reference asks T5 for.</summary>
    public required int TextEmbedDim { get; init; }

    /// <summary><c>dim_head</c>: the width of one attention head. Default 64.</summary>
    public int DimHead { get; init; } = 64;

    /// <summary><c>heads</c>: heads of every attention. Default 8.</summary>
    public int Heads { get; init; } = 8;

    /// <summary><c>ff_mult</c>: the width inside the layers' feed-forward parts, in dims before gating takes a third. Default 4.</summary>
    public int FfMult { get; init; } = 4;

    /// <summary><c>self_cond</c>: whether the states of a former pass are added to the embeddings. Default false.</summary>
    public bool SelfCond { get; init; }

    /// <summary>The mask's token, which follows the codes; null for a critic.</summary>
    public int? MaskId => Role == TransformerRole.MaskGitTransformer ? NumTokens : null;

    /// <summary>Rows of the embedding table.</summary>
    public int TableSize => MaskId is null ? NumTokens : NumTokens + 1;

    /// <summary>Logits of one position: the codes, or a critic's one.</summary>
    public int OutputSize => Role == TransformerRole.TokenCritic ? 1 : NumTokens;

    /// <summary>What masked decoding has to know of it: <c>seq_len</c> is a square's tokens.</summary>
    public MaskedTransformerShape Shape => new()
    {
        CodebookSize = NumTokens,
        MaskId = NumTokens,
        Height = Side,
        Width = Side,
        Dim = Dim,
        RowLayers = [(Dim, Inner), (Dim, 2 * Inner), (Inner, Dim), (Dim, 2 * FeedForwardWidth), (FeedForwardWidth, Dim), (Dim, NumTokens)],
        Prompt = new(0, TextEmbedDim),
        // Guidance's other rows hide the text (forward_with_cond_scale).
        Text = new TextUse { EmptyIsNone = true },
    };

    private int Side => (int)Math.Sqrt(SeqLen);

    private int Inner => Heads * DimHead;

    private int FeedForwardWidth => (int)((long)Dim * FfMult * 2 / 3);

    /// <summary>Checks that grids can be decoded with it.</summary>
    /// <exception cref="ConfigException">They cannot; every reason is listed.</exception>
    public void CheckDecodable() => ConfigException.ThrowIfAny(nameof(Transformer),
    [
        (Role != TransformerRole.MaskGitTransformer, $"class is {Role}, expected {TransformerRole.MaskGitTransformer}: a critic judges codes and predicts none"),
        (Side * Side != SeqLen, $"seq_len is {SeqLen}, expected a square's tokens"),
    ]);

    /// <summary>Reads a configuration file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a model; lists every field that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TransformerConfig Read(string path)
    {
        using JsonDocument document = JsonFile.Read(path, MaxFileBytes);
        return Read(document.RootElement, path);
    }

    /// <summary>Reads the text of a configuration file.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a model; lists every field that is wrong.</exception>
    public static TransformerConfig Parse(string json, string file = "config.json")
    {
        ArgumentNullException.ThrowIfNull(json);
        using JsonDocument document = JsonFile.Parse(Encoding.UTF8.GetBytes(json), file, MaxFileBytes);
        return Read(document.RootElement, file);
    }

    /// <summary>Checks every field.</summary>
    /// <exception cref="ArgumentException">Names every field that is wrong, as a file does.</exception>
    public void Validate()
    {
        string[] problems = [.. Problems().Select(p => p.Problem)];
        if (problems.Length > 0) throw new ArgumentException($"not a transformer of muse-maskgit-pytorch: {string.Join("; ", problems)}");
    }

    private static TransformerConfig Read(JsonElement root, string file) => ConfigFields.Read(
        root, file, "transformer of muse-maskgit-pytorch that is supported",
        Read,
        (config, problems) => problems.Add(config.Problems()));

    private static TransformerConfig Read(ConfigFields fields)
    {
        // What the logits cover follows from the class.
        fields.None("dim_out");
        return new TransformerConfig
        {
            Role = fields.Choice("class", Enum.GetValues<TransformerRole>().Select(r => (r.ToString(), r)).ToArray()),
            NumTokens = fields.Whole("num_tokens"),
            Dim = fields.Whole("dim"),
            SeqLen = fields.Whole("seq_len"),
            Depth = fields.Whole("depth"),
            TextEmbedDim = fields.Whole("text_embed_dim"),
            DimHead = fields.Whole("dim_head", 64),
            Heads = fields.Whole("heads", 8),
            FfMult = fields.Whole("ff_mult", 4),
            SelfCond = fields.Flag("self_cond", false),
        };
    }

    private IEnumerable<(string Field, string Problem)> Problems()
    {
        // The bounds are far beyond any model; they keep products of dimensions within 64 bits.
        (string Name, int Value, int Most)[] ranges =
        [
            ("num_tokens", NumTokens, 1 << 24),
            ("dim", Dim, 1 << 17),
            ("seq_len", SeqLen, 1 << 20),
            ("depth", Depth, 1024),
            ("text_embed_dim", TextEmbedDim, 1 << 17),
            ("dim_head", DimHead, 1 << 14),
            ("heads", Heads, 1024),
            ("ff_mult", FfMult, 64),
        ];
        foreach (var (name, value, most) in ranges)
            if (value < 1 || value > most)
                yield return (name, $"{name} is {value}; it must be from 1 to {most}");
        if (!Enum.IsDefined(Role))
            yield return ("class", $"class is {Role}; it must be MaskGitTransformer or TokenCritic");
    }
}
