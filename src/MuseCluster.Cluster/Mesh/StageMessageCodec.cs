using System.Text.Json;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models.Prompts;

namespace MuseCluster.Cluster.Mesh;

/// <summary>
/// Messages as bytes, for brokers: "MUSM", a version, then the fields in order. Numbers are little-endian, grids uint16,
/// embeddings as they are, the request is JSON.
/// </summary>
public static class StageMessageCodec
{
    /// <summary>The version that is written, and the only one that is read.</summary>
    public const byte Version = 3;

    private const int TimingSize = 1 + 4 + 8 + 8 + 8;

    private static ReadOnlySpan<byte> Magic => "MUSM"u8;

    /// <summary>Writes a message.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Its bytes.</returns>
    public static ReadOnlyMemory<byte> Encode(StageMessage message)
    {
        var writer = new WireWriter(Magic, Version, Size(message));
        Write(writer, message.Item);
        Write(writer, message.Prompt);
        Write(writer, message.Negative);
        if (writer.Has(message.BaseGrid))
            writer.Grid(message.BaseGrid);
        if (writer.Has(message.SuperresGrid))
            writer.Grid(message.SuperresGrid);
        if (writer.Has(message.Partial))
        {
            writer.Grid(message.Partial!.Grid);
            writer.Int32(message.Partial.Step);
        }

        writer.Int32(message.Timings.Count);
        foreach (var timing in message.Timings)
        {
            writer.Byte((byte)timing.Stage);
            writer.Text(timing.Silo);
            writer.Int64(timing.Received.UtcTicks);
            writer.Double(timing.Seconds);
            writer.Double(timing.DeviceSeconds);
        }

        if (writer.Has(message.TraceParent))
            writer.Text(message.TraceParent!);
        writer.Int32(message.Strikes);
        return writer.Written;
    }

    /// <summary>Reads what <see cref="Encode"/> writes. The message keeps nothing of the bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The message.</returns>
    /// <exception cref="FormatException">They are none, or of another version; the message says why.</exception>
    public static StageMessage Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader("stage message", bytes, Magic, Version);
        var message = new StageMessage
        {
            Item = ReadItem(ref reader),
            Prompt = ReadText(ref reader, "prompt"),
            Negative = ReadText(ref reader, "negative prompt"),
            BaseGrid = reader.Has("base grid") ? reader.Grid("base grid") : null,
            SuperresGrid = reader.Has("super-resolution grid") ? reader.Grid("super-resolution grid") : null,
            Partial = reader.Has("partial picture") ? new PartialPicture(reader.Grid("partial picture"), reader.AtLeastZero("step")) : null,
            Timings = ReadTimings(ref reader),
            TraceParent = reader.Has("trace") ? reader.Text("trace") : null,
            Strikes = reader.AtLeastZero("strikes"),
        };
        reader.End();
        return message;
    }

    private static int Size(StageMessage message) =>
        1024 + (message.Prompt?.Data?.Length ?? 0) + (message.Negative?.Data?.Length ?? 0)
        + (sizeof(ushort) * ((message.BaseGrid?.Length ?? 0) + (message.SuperresGrid?.Length ?? 0) + (message.Partial?.Grid.Length ?? 0)));

    private static void Write(WireWriter writer, Item item)
    {
        writer.Guid(item.Id.Job);
        writer.Int32(item.Id.Index);
        writer.Text(item.Tenant);
        writer.Text(item.Model);
        writer.Byte((byte)item.Class);
        writer.Bytes(JsonSerializer.SerializeToUtf8Bytes(item.Request, RequestJson.Options));
        writer.Int32(item.Attempt);
    }

    private static Item ReadItem(ref WireReader reader) => new(
        new ItemId(reader.Guid("job"), reader.AtLeastZero("index")),
        reader.Text("tenant"),
        reader.Text("model"),
        reader.Choice<PriorityClass>("class"),
        ReadRequest(ref reader),
        reader.AtLeastZero("attempt"));

    private static GenerationRequest ReadRequest(ref WireReader reader)
    {
        try
        {
            return JsonSerializer.Deserialize<GenerationRequest>(reader.Bytes("request"), RequestJson.Options)
                ?? throw reader.Wrong("holds no request");
        }
        catch (JsonException e)
        {
            throw reader.Wrong($"holds a request that is none: {e.Message}", e);
        }
    }

    private static void Write(WireWriter writer, EncodedText? text)
    {
        if (!writer.Has(text))
            return;
        writer.Int32(text!.Shape.Length);
        writer.Int32(text.Shape.Width);
        writer.Int32(text.Shape.Pooled);
        // What was fetched from an artifact is fetched again where it is needed.
        if (writer.Has(text.Artifact is null ? text.Data : null))
            writer.Bytes(text.Data!.Value.Span);
        if (writer.Has(text.Artifact))
            writer.Text(text.Artifact!);
    }

    private static EncodedText? ReadText(ref WireReader reader, string field)
    {
        if (!reader.Has(field))
            return null;
        var text = new EncodedText(
            new PromptShape(reader.AtLeastZero(field), reader.AtLeastZero(field), reader.AtLeastZero(field)),
            reader.Has(field) ? reader.Bytes(field).ToArray() : (ReadOnlyMemory<byte>?)null,
            reader.Has(field) ? reader.Text(field) : null);
        return text.Data is not { } data || data.Length == text.Bytes
            ? text
            : throw reader.Wrong($"holds a {field} of {data.Length} bytes, expected {text.Bytes} for {text.Shape}");
    }

    private static StageTiming[] ReadTimings(ref WireReader reader)
    {
        var timings = new StageTiming[reader.Count("timings", TimingSize)];
        for (var i = 0; i < timings.Length; i++)
            timings[i] = new StageTiming(reader.Choice<Stage>("timing"), reader.Text("silo"), ReadTime(ref reader), reader.Double("seconds"), reader.Double("device seconds"));
        return timings;
    }

    private static DateTimeOffset ReadTime(ref WireReader reader)
    {
        var ticks = reader.Int64("time");
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : throw reader.Wrong($"holds a time of {ticks} ticks, expected 0 to {DateTime.MaxValue.Ticks}");
    }
}
