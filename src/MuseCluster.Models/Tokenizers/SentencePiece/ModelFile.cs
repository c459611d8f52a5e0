using System.Text;

namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>
/// Reads ModelProto (sentencepiece_model.proto 0.1.97): the pieces and the settings encoding and decoding obey.
/// Fields unknown here are passed over, as protobuf demands.
/// </summary>
internal static class ModelFile
{
    private const int UnigramType = 1;

    /// <summary>Reads a <c>.model</c> file.</summary>
    /// <exception cref="TokenizerFormatException">It is not a unigram model.</exception>
    public static SentencePieceTokenizer Load(ReadOnlyMemory<byte> content, string file)
    {
        var pieces = new List<Piece>();
        var trainer = new TrainerSettings();
        var normalizer = new NormalizerOptions();
        NormalizerOptions? denormalizer = null;
        var reader = new ProtoReader(content, file, "");
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    pieces.Add(ReadPiece(reader.Bytes("pieces"), file, pieces.Count));
                    break;
                case 2:
                    ReadTrainer(reader.Bytes("trainer_spec"), file, trainer);
                    break;
                case 3:
                    ReadNormalizer(reader.Bytes("normalizer_spec"), file, "normalizer_spec", normalizer);
                    break;
                case 5:
                    denormalizer ??= new NormalizerOptions();
                    ReadNormalizer(reader.Bytes("denormalizer_spec"), file, "denormalizer_spec", denormalizer);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        normalizer.WhitespaceAsSuffix = trainer.WhitespaceAsSuffix;
        var vocabulary = new Vocabulary([.. pieces], trainer.ByteFallback, file, "pieces", id => $"pieces[{id}]");
        var symbols = new ByteTrie(pieces
            .Select((piece, id) => (piece, id))
            .Where(entry => entry.piece.Kind == PieceKind.UserDefined)
            .Select(entry => KeyValuePair.Create(entry.piece.Text, entry.id)));
        var textNormalizer = new TextNormalizer(
            CharsMap.Read(normalizer.CharsMap, file, "normalizer_spec.precompiled_charsmap"), normalizer, symbols);
        var textDenormalizer = denormalizer is null || denormalizer.CharsMap.IsEmpty
            ? null
            : new TextNormalizer(
                CharsMap.Read(denormalizer.CharsMap, file, "denormalizer_spec.precompiled_charsmap"), denormalizer, null);
        var eos = vocabulary.ControlId(trainer.EosPiece);
        return new SentencePieceTokenizer(
            vocabulary,
            new ModelSegmenter(textNormalizer, new UnigramModel(vocabulary)),
            new PieceDecoder(vocabulary, normalizer, trainer.UnknownSurface, textDenormalizer),
            new SpecialIds(vocabulary.ControlId(trainer.PadPiece), eos, vocabulary.ControlId(trainer.BosPiece)),
            eos < 0 ? [] : [eos]);
    }

    private static Piece ReadPiece(ReadOnlyMemory<byte> message, string file, int id)
    {
        var text = ReadOnlyMemory<byte>.Empty;
        var score = 0f;
        var kind = PieceKind.Normal;
        var reader = new ProtoReader(message, file, $"pieces[{id}]");
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    text = reader.Bytes("piece");
                    break;
                case 2:
                    score = reader.Single("score");
                    break;
                case 3:
                    var type = reader.Integer("type");
                    if (type is < (int)PieceKind.Normal or > (int)PieceKind.Byte)
                        throw reader.Fault("type", $"1 to 6, found {type}");
                    kind = (PieceKind)type;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new Piece(text, score, kind);
    }

    private static void ReadTrainer(ReadOnlyMemory<byte> message, string file, TrainerSettings settings)
    {
        var reader = new ProtoReader(message, file, "trainer_spec");
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 3:
                    var type = reader.Integer("model_type");
                    if (type != UnigramType)
                        throw reader.Fault("model_type", $"1 (unigram), the only kind read here, found {type}");
                    break;
                case 24:
                    settings.WhitespaceAsSuffix = reader.Boolean("treat_whitespace_as_suffix");
                    break;
                case 35:
                    settings.ByteFallback = reader.Boolean("byte_fallback");
                    break;
                case 44:
                    settings.UnknownSurface = reader.Bytes("unk_surface");
                    break;
                case 46:
                    settings.BosPiece = Named(reader.Bytes("bos_piece"), "<s>");
                    break;
                case 47:
                    settings.EosPiece = Named(reader.Bytes("eos_piece"), "</s>");
                    break;
                case 48:
                    settings.PadPiece = Named(reader.Bytes("pad_piece"), "<pad>");
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private static void ReadNormalizer(ReadOnlyMemory<byte> message, string file, string path, NormalizerOptions options)
    {
        var reader = new ProtoReader(message, file, path);
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 2:
                    options.CharsMap = reader.Bytes("precompiled_charsmap");
                    break;
                case 3:
                    options.AddDummyPrefix = reader.Boolean("add_dummy_prefix");
                    break;
                case 4:
                    options.RemoveExtraWhitespaces = reader.Boolean("remove_extra_whitespaces");
                    break;
                case 5:
                    options.EscapeWhitespaces = reader.Boolean("escape_whitespaces");
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    // An empty name means the default (model_interface.cc, RETURN_PIECE).
    private static byte[] Named(ReadOnlyMemory<byte> name, string otherwise) =>
        name.IsEmpty ? Encoding.UTF8.GetBytes(otherwise) : name.ToArray();

    private sealed class TrainerSettings
    {
        public bool WhitespaceAsSuffix { get; set; }

        public bool ByteFallback { get; set; }

        public ReadOnlyMemory<byte> UnknownSurface { get; set; } = PieceDecoder.DefaultUnknownSurface;

        public byte[] BosPiece { get; set; } = "<s>"u8.ToArray();

        public byte[] EosPiece { get; set; } = "</s>"u8.ToArray();

        public byte[] PadPiece { get; set; } = "<pad>"u8.ToArray();
    }
}
