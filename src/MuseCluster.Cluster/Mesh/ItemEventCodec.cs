using MuseCluster.Cluster.Work;

namespace MuseCluster.Cluster.Mesh;

/// <summary>Events as bytes, for brokers: "MUSE", a version, then the fields in order, written as in <see cref="StageMessageCodec"/>.</summary>
public static class ItemEventCodec
{
    /// <summary>The version that is written, and the only one that is read.</summary>
    public const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "MUSE"u8;

    /// <summary>Writes an event.</summary>
    /// <param name="e">The event.</param>
    /// <returns>Its bytes.</returns>
    public static ReadOnlyMemory<byte> Encode(ItemEvent e)
    {
        var writer = new WireWriter(Magic, Version, 256 + (sizeof(ushort) * (e.Grid?.Length ?? 0)));
        writer.Guid(e.Item.Job);
        writer.Int32(e.Item.Index);
        writer.Text(e.Tenant);
        writer.Byte((byte)e.State);
        if (writer.Has(e.Stage))
            writer.Byte((byte)e.Stage!);
        writer.Int32(e.Step);
        writer.Int32(e.Steps);
        if (writer.Has(e.Grid))
            writer.Grid(e.Grid);
        if (writer.Has(e.Reason))
            writer.Text(e.Reason!);
        return writer.Written;
    }

    /// <summary>Reads what <see cref="Encode"/> writes. The event keeps nothing of the bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The event.</returns>
    /// <exception cref="FormatException">They are none, or of another version; the message says why.</exception>
    public static ItemEvent Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader("item event", bytes, Magic, Version);
        var e = new ItemEvent(
            new ItemId(reader.Guid("job"), reader.AtLeastZero("index")),
            reader.Text("tenant"),
            reader.Choice<ItemState>("state"),
            reader.Has("stage") ? reader.Choice<Stage>("stage") : null,
            reader.AtLeastZero("step"),
            reader.AtLeastZero("steps"),
            reader.Has("grid") ? reader.Grid("grid") : null,
            reader.Has("reason") ? reader.Text("reason") : null);
        reader.End();
        return e;
    }
}
