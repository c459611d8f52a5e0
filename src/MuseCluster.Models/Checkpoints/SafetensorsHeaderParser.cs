using System.Text.Json;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// Parses the JSON of a safetensors header token by token. A parser that builds objects would keep the last of two
/// equal keys; two entries of one name are how a header shows one tensor to a checker and another to a loader.
/// </summary>
internal ref struct SafetensorsHeaderParser
{
    // The format nests three deep: header, tensor, shape.
    private const int MaxDepth = 4;

    private readonly string file;
    private Utf8JsonReader reader;
    private string? tensor;
    private bool inMetadata;

    private SafetensorsHeaderParser(ReadOnlySpan<byte> json, string file)
    {
        this.file = file;
        reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    /// <summary>The tensors and metadata of a header. Sizes and offsets are not checked here.</summary>
    /// <exception cref="CheckpointException">Not JSON, or not of the format's form.</exception>
    public static (List<TensorEntry> Entries, Dictionary<string, string> Metadata) Parse(ReadOnlySpan<byte> json, string file)
    {
        var parser = new SafetensorsHeaderParser(json, file);
        if (json.IsEmpty || json[0] != (byte)'{') throw parser.Refuse("the header does not begin with '{'");
        try
        {
            return parser.ReadHeader();
        }
        catch (JsonException e)
        {
            throw new CheckpointException(file, parser.tensor, $"the header is not valid JSON{parser.Place}: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // What GetString throws for invalid UTF-8 and for escaped lone surrogates.
            throw new CheckpointException(file, parser.tensor, $"the header holds text that is not Unicode{parser.Place}: {e.Message}", e);
        }
    }

    private readonly string Place => inMetadata ? $" in {SafetensorsHeader.MetadataKey}" : "";

    private (List<TensorEntry>, Dictionary<string, string>) ReadHeader()
    {
        var entries = new List<TensorEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);

        reader.Read();
        while (NextField())
        {
            string name = reader.GetString()!;
            if (name == SafetensorsHeader.MetadataKey)
            {
                if (!names.Add(name)) throw Refuse($"{SafetensorsHeader.MetadataKey} is listed twice");
                inMetadata = true;
                ReadMetadata(metadata);
                inMetadata = false;
                continue;
            }

            tensor = name;
            if (name.Length == 0) throw Refuse("a tensor needs a name");
            if (!names.Add(name)) throw Refuse("is listed twice");
            if (entries.Count == SafetensorsHeader.MaxTensors)
                throw Refuse($"the file lists more than {SafetensorsHeader.MaxTensors} tensors");
            entries.Add(ReadEntry(name));
            tensor = null;
        }

        // The format pads with blanks; for anything else this Read throws.
        reader.Read();
        return (entries, metadata);
    }

    private TensorEntry ReadEntry(string name)
    {
        Expect(JsonTokenType.StartObject, "a tensor", "an object");
        TensorDType? dtype = null;
        long[]? shape = null, offsets = null;
        while (NextField())
        {
            if (reader.ValueTextEquals("dtype"u8))
            {
                RefuseSecond(dtype is not null, "dtype");
                dtype = ReadDType();
            }
            else if (reader.ValueTextEquals("shape"u8))
            {
                RefuseSecond(shape is not null, "shape");
                shape = ReadIntegers("shape", TensorEntry.MaxRank);
            }
            else if (reader.ValueTextEquals("data_offsets"u8))
            {
                RefuseSecond(offsets is not null, "data_offsets");
                offsets = ReadIntegers("data_offsets", 2);
                if (offsets.Length != 2) throw Refuse($"data_offsets has {offsets.Length} numbers, expected 2");
            }
            else
            {
                throw Refuse($"has an unknown field {CheckpointException.Quote(reader.GetString()!)}");
            }
        }

        if (dtype is null) throw Refuse("has no dtype");
        if (shape is null) throw Refuse("has no shape");
        if (offsets is null) throw Refuse("has no data_offsets");
        return new TensorEntry(name, dtype.Value, shape, offsets[0], offsets[1]);
    }

    private TensorDType ReadDType()
    {
        Expect(JsonTokenType.String, "dtype", "a string");
        string found = reader.GetString()!;
        return TensorDTypes.TryParse(found, out TensorDType dtype)
            ? dtype
            : throw Refuse($"dtype {CheckpointException.Quote(found)} is not supported; supported are {TensorDTypes.Supported}");
    }

    private long[] ReadIntegers(string field, int most)
    {
        Expect(JsonTokenType.StartArray, field, "an array");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number))
                throw Refuse($"{field} holds something other than 64-bit integers");
            if (number < 0) throw Refuse($"{field} holds {number}; it must not be negative");
            if (numbers.Count == most) throw Refuse($"{field} has more than {most} numbers");
            numbers.Add(number);
        }

        return [.. numbers];
    }

    private void ReadMetadata(Dictionary<string, string> metadata)
    {
        Expect(JsonTokenType.StartObject, SafetensorsHeader.MetadataKey, "an object");
        while (NextField())
        {
            string key = reader.GetString()!;
            Expect(JsonTokenType.String, $"{SafetensorsHeader.MetadataKey}.{CheckpointException.Quote(key)}", "a string");
            if (!metadata.TryAdd(key, reader.GetString()!))
                throw Refuse($"{SafetensorsHeader.MetadataKey} lists {CheckpointException.Quote(key)} twice");
        }
    }

    private bool NextField() => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    private void Expect(JsonTokenType type, string what, string form)
    {
        reader.Read();
        if (reader.TokenType != type) throw Refuse($"{what} must be {form}, found {reader.TokenType}");
    }

    private readonly void RefuseSecond(bool seen, string field)
    {
        if (seen) throw Refuse($"lists {field} twice");
    }

    private readonly CheckpointException Refuse(string problem) => new(file, tensor, problem);
}
