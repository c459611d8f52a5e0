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

    /// <summary>CLIP's text encoder with its projection (<see cref="ClipTextEncoder"/>).</summary>
    public const string Clip = "clip-text-encoder";

    /// <summary>The tokenizer of <see cref="Clip"/>: vocab.json, merges.txt, and what else is in their folder.</summary>
    public const string ClipTokenizerKind = "clip";

    // Where the transformers take texts of any length: the reference of muse-maskgit-pytorch cuts there.
    private const int DefaultT5Length = 256;

    /// <summary>The network of a text stage.</summary>
    /// <param name="config">The stage.</param>
    /// <param name="length">Positions that the transformers take; 0 where they take any number.</param>
    internal static StageNetwork<PromptShape, IPromptEncoder> Find(StageConfig config, int length) =>
        config.Find(new Dictionary<string, Func<StageConfig, StageNetwork<PromptShape, IPromptEncoder>>>
        {
            [T5] = c => T5Encoders(c, length > 0 ? length : DefaultT5Length),
            [Clip] = c => ClipEncoders(c, length),
        });

    private static StageNetwork<PromptShape, IPromptEncoder> T5Encoders(StageConfig stage, int length)
    {
        var config = T5Config.Parse(stage.Json.GetRawText(), stage.Label);
        // The tokenizer is looked at by every silo of the model, so that all refuse one that does not fit.
        Tokenizer tokenizer = SentencePieceTokenizer.Load(stage.PathOf(stage.Stage.Tokenizer!.Files[0]));
        CheckPieces(stage, tokenizer, config.VocabSize);
        return new(new PromptShape(length, config.DModel), (checkpoint, device) =>
            new T5PromptEncoder(tokenizer, T5EncoderCheckpoint.Load(config, checkpoint, device), length, device));
    }

    private static StageNetwork<PromptShape, IPromptEncoder> ClipEncoders(StageConfig stage, int length)
    {
        var config = ClipTextConfig.Parse(stage.Json.GetRawText(), stage.Label);
        if (config.Projected == false)
            throw stage.Wrong(".config.architectures", "names a text encoder without a projection; expected CLIPTextModelWithProjection");
        var tokenizer = ClipTokenizer.Load(Path.GetDirectoryName(stage.PathOf(stage.Stage.Tokenizer!.Files[0]))!);
        CheckPieces(stage, tokenizer, config.VocabSize);
        var positions = length > 0 ? length : Math.Min(tokenizer.MaxLength ?? int.MaxValue, config.MaxPositionEmbeddings);
        if (positions > config.MaxPositionEmbeddings)
            throw stage.Wrong(".config.max_position_embeddings", $"found {config.MaxPositionEmbeddings}, expected at least the {positions} that the transformers take");
        return new(new PromptShape(positions, config.HiddenSize, config.ProjectionDim), (checkpoint, device) =>
            new ClipPromptEncoder(tokenizer, ClipTextCheckpoint.Load(config with { Projected = true }, checkpoint, device), positions, device));
    }

    private static void CheckPieces(StageConfig stage, Tokenizer tokenizer, int vocabulary)
    {
        if (tokenizer.VocabSize > vocabulary)
            throw stage.Wrong(".config.vocab_size", $"found {vocabulary}; the tokenizer has {tokenizer.VocabSize} pieces");
    }
}
