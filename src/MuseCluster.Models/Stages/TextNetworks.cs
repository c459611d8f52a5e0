using System.Text.Json;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Clip;
using MuseCluster.Models.Networks.T5;
using MuseCluster.Models.Prompts;
using MuseCluster.Models.Tokenizers;
using MuseCluster.Models.Tokenizers.Clip;

namespace MuseCluster.Models.Stages;

/// <summary>The networks that can encode texts, by their type ids in manifests.</summary>
public static class TextNetworks
{
    /// <summary>T5 encoders (<see cref="T5Encoder"/>).</summary>
    public const string T5 = "t5-encoder";

    /// <summary>CLIP's text encoder (<see cref="ClipTextEncoder"/>), with its projection where the transformers take a pooled vector.</summary>
    public const string Clip = "clip-text-encoder";

    /// <summary>The tokenizer of <see cref="T5"/>: a SentencePiece model or a tokenizer.json, and its settings where they are there.</summary>
    public const string SentencePieceKind = "sentencepiece";

    /// <summary>The tokenizer of <see cref="Clip"/>: vocab.json, merges.txt, and what else is in their folder.</summary>
    public const string ClipTokenizerKind = "clip";

    // Where the transformers take texts of any length: the reference of muse-maskgit-pytorch cuts there.
    private const int DefaultT5Length = 256;

    /// <summary>The network of a text stage.</summary>
    /// <param name="config">The stage.</param>
    /// <param name="takes">The base transformer: what it takes for a prompt is what the text encoder is asked for.</param>
    internal static StageNetwork<PromptShape, IPromptEncoder> Find(StageConfig config, MaskedTransformerShape takes) =>
        config.Find(new Dictionary<string, Func<StageConfig, StageNetwork<PromptShape, IPromptEncoder>>>
        {
            [T5] = c => T5Encoders(c, takes),
            [Clip] = c => ClipEncoders(c, takes),
        });

    private static StageNetwork<PromptShape, IPromptEncoder> T5Encoders(StageConfig stage, MaskedTransformerShape takes)
    {
        var config = T5Config.Parse(stage.Json.GetRawText(), stage.Label);
        CheckKind(stage, SentencePieceKind);
        var length = takes.Prompt.Length > 0 ? takes.Prompt.Length : T5Length(stage);
        // The tokenizer is looked at by every silo of the model, so that all refuse one that does not fit.
        Tokenizer tokenizer = SentencePieceTokenizer.Load(stage.PathOf(stage.Stage.Tokenizer!.Files[0]));
        CheckPieces(stage, tokenizer, config.VocabSize);
        return new(new PromptShape(length, config.DModel), (checkpoint, device) =>
            new T5PromptEncoder(tokenizer, T5EncoderCheckpoint.Load(config, checkpoint, device), length, device, takes.Text));
    }

    // Where padding counts as text, as in open-muse, the length that a model was trained with is part of it: the tokenizer's
    // own settings say it, where they are among its files.
    private static int T5Length(StageConfig stage)
    {
        const int MaxFileBytes = 1 << 20, LongestText = 4096;
        if (stage.Stage.Tokenizer!.Files.FirstOrDefault(f => Path.GetFileName(f) == "tokenizer_config.json") is not { } file)
            return DefaultT5Length;
        using var settings = JsonFile.Read(stage.PathOf(file), MaxFileBytes);
        // Tokenizers without a limit write 1e30.
        return settings.RootElement.ValueKind == JsonValueKind.Object && settings.RootElement.TryGetProperty("model_max_length", out var most)
            && most.ValueKind == JsonValueKind.Number && most.TryGetInt32(out var length) && length is > 0 and <= LongestText ? length : DefaultT5Length;
    }

    private static StageNetwork<PromptShape, IPromptEncoder> ClipEncoders(StageConfig stage, MaskedTransformerShape takes)
    {
        var config = ClipTextConfig.Parse(stage.Json.GetRawText(), stage.Label);
        CheckKind(stage, ClipTokenizerKind);
        var (length, pooled) = (takes.Prompt.Length, takes.Prompt.Pooled > 0);
        if (pooled && config.Projected == false)
            throw stage.Wrong(".config.architectures", "names a text encoder without a projection; expected CLIPTextModelWithProjection");
        var tokenizer = ClipTokenizer.Load(Path.GetDirectoryName(stage.PathOf(stage.Stage.Tokenizer!.Files[0]))!);
        CheckPieces(stage, tokenizer, config.VocabSize);
        var positions = length > 0 ? length : Math.Min(tokenizer.MaxLength ?? int.MaxValue, config.MaxPositionEmbeddings);
        if (positions > config.MaxPositionEmbeddings)
            throw stage.Wrong(".config.max_position_embeddings", $"found {config.MaxPositionEmbeddings}, expected at least the {positions} that the transformers take");
        // A projection that nobody asks for may be there or not: the weights say.
        return new(new PromptShape(positions, config.HiddenSize, pooled ? config.ProjectionDim : 0), (checkpoint, device) => new ClipPromptEncoder(
            tokenizer, ClipTextCheckpoint.Load(config with { Projected = pooled ? true : null }, checkpoint, device), positions, takes.Text, pooled, device));
    }

    private static void CheckKind(StageConfig stage, string kind)
    {
        if (stage.Stage.Tokenizer!.Kind is var found && found != kind)
            throw stage.Wrong(".tokenizer.kind", $"found '{found}'; a network '{stage.Stage.Network}' takes '{kind}'");
    }

    private static void CheckPieces(StageConfig stage, Tokenizer tokenizer, int vocabulary)
    {
        if (tokenizer.VocabSize > vocabulary)
            throw stage.Wrong(".config.vocab_size", $"found {vocabulary}; the tokenizer has {tokenizer.VocabSize} pieces");
    }
}
