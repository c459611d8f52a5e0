using System.Text;
using System.Text.Json;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Tokenizers.SentencePiece;

namespace MuseCluster.Models.Tokenizers.TokenizerJson;

/// <summary>
/// Reads Hugging Face's <c>tokenizer.json</c> (tokenizers, tokenizer/serialization.rs) with a model of type Unigram.
/// Truncation, padding and the decoder are the caller's affair and passed over; decoding is sentencepiece's.
/// </summary>
internal static class TokenizerJsonFile
{
    private const int MaxDepth = 64; // System.Text.Json's default

    /// <summary>Reads the content of a file.</summary>
    /// <exception cref="TokenizerFormatException">It is not such a tokenizer, or has a step not known here.</exception>
    public static SentencePieceTokenizer Load(ReadOnlyMemory<byte> content, string file)
    {
        if (content.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            content = content[3..];
        try
        {
            using var document = JsonDocument.Parse(content);
            return Read(JsonField.Root(document.RootElement, file), file);
        }
        catch (JsonException fault)
        {
            throw new TokenizerFormatException(file, JsonPlace.Of(content.Span, MaxDepth) ?? "document", $"well-formed JSON: {fault.Message}", fault);
        }
        catch (InvalidOperationException fault)
        {
            // JsonElement's way to say that a property's name, met on the way to another, is no Unicode text.
            throw new TokenizerFormatException(file, JsonPlace.Of(content.Span, MaxDepth) ?? "document", "names of Unicode text", fault);
        }
    }

    private static SentencePieceTokenizer Read(JsonField root, string file)
    {
        var model = root.Property("model");
        if (model.Optional("type") is { } type && type.Text() != "Unigram")
            throw type.Fault($"Unigram, found '{type.Text()}'");
        var byteFallback = model.Optional("byte_fallback")?.Boolean() ?? false;
        var tokens = ReadAddedTokens(root);
        var pieces = ReadPieces(model, byteFallback);
        var modelPieces = pieces.Count;
        MarkAddedTokens(pieces, tokens, root);

        var vocabulary = new Vocabulary([.. pieces], byteFallback, file, "model.vocab",
            id => id < modelPieces ? $"model.vocab[{id}]" : $"added_tokens (id {id})");
        var preTokenization = PreTokenization.Read(root.Optional("pre_tokenizer"));
        var segmenter = new PipelineSegmenter(
            tokens, Normalization.Read(root.Optional("normalizer"), file), preTokenization, new UnigramModel(vocabulary));
        var spaces = new NormalizerOptions
        {
            AddDummyPrefix = preTokenization.Prepends,
            RemoveExtraWhitespaces = preTokenization.Prepends,
        };
        var eos = vocabulary.ControlId("</s>"u8);
        var ending = Ending.Read(root.Optional("post_processor"), vocabulary.Count);
        if (ending is [.., var last])
            eos = last;
        return new SentencePieceTokenizer(
            vocabulary,
            segmenter,
            new PieceDecoder(vocabulary, spaces, PieceDecoder.DefaultUnknownSurface, null),
            new SpecialIds(vocabulary.ControlId("<pad>"u8), eos, vocabulary.ControlId("<s>"u8)),
            ending ?? (eos < 0 ? [] : [eos]));
    }

    private static List<AddedToken> ReadAddedTokens(JsonField root)
    {
        var tokens = root.Optional("added_tokens")?.Items().Select(AddedToken.Read).ToList() ?? [];
        tokens.Sort((a, b) => a.Id.CompareTo(b.Id));
        return tokens;
    }

    private static List<Piece> ReadPieces(JsonField model, bool byteFallback)
    {
        var vocab = model.Property("vocab");
        var unknown = model.Property("unk_id");
        var unknownId = unknown.Integer();
        if (unknownId < 0 || unknownId >= vocab.Count())
            throw unknown.Fault($"an id of the vocabulary's {vocab.Count()}, found {unknownId}");
        var pieces = new List<Piece>(vocab.Count());
        foreach (var entry in vocab.Items())
        {
            if (entry.Count() != 2)
                throw entry.Fault("a piece and its score");
            var parts = entry.Items().ToArray();
            var text = Encoding.UTF8.GetBytes(parts[0].Text());
            var kind = pieces.Count == unknownId ? PieceKind.Unknown
                : byteFallback && Vocabulary.TryParseByte(text, out _) ? PieceKind.Byte
                : PieceKind.Normal;
            pieces.Add(new Piece(text, parts[1].Single(), kind));
        }

        return pieces;
    }

    /// <summary>
    /// Takes special tokens out of the pieces text is cut into, so that only their exact text makes them, and appends the
    /// tokens the vocabulary lacks, which text is never cut into.
    /// </summary>
    private static void MarkAddedTokens(List<Piece> pieces, List<AddedToken> tokens, JsonField root)
    {
        foreach (var token in tokens)
        {
            var content = Encoding.UTF8.GetBytes(token.Content);
            if (token.Id == pieces.Count)
            {
                pieces.Add(new Piece(content, 0, token.Special ? PieceKind.Control : PieceKind.Unused));
                continue;
            }

            if (token.Id < 0 || token.Id > pieces.Count || !pieces[token.Id].Text.Span.SequenceEqual(content))
                throw root.Property("added_tokens").Fault($"a token's content to be the piece of its id in model.vocab, or its id to follow the last, found '{token.Content}' with id {token.Id}");
            if (token.Special && pieces[token.Id].Kind == PieceKind.Normal)
                pieces[token.Id] = pieces[token.Id] with { Kind = PieceKind.Control };
        }
    }
}
