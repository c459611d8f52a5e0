using System.Buffers.Binary;

namespace MuseCluster.Models.Tests.Tokenizers;

/// <summary>A protobuf message taken apart, independently of the reader under test: fields in order, each with its raw value.</summary>
internal sealed class ProtoMessage
{
    public List<(int Field, int Kind, byte[] Value)> Fields { get; } = [];

    public static ProtoMessage Parse(ReadOnlySpan<byte> bytes)
    {
        var message = new ProtoMessage();
        while (!bytes.IsEmpty)
        {
            var tag = (int)TakeVarint(ref bytes);
            var length = (tag & 7) switch
            {
                0 => bytes.IndexOfAnyInRange((byte)0, (byte)0x7F) + 1,
                1 => 8,
                2 => (int)TakeVarint(ref bytes),
                5 => 4,
                var kind => throw new InvalidOperationException($"wire type {kind}"),
            };
            message.Fields.Add((tag >> 3, tag & 7, bytes[..length].ToArray()));
            bytes = bytes[length..];
        }

        return message;
    }

    public byte[] ToBytes()
    {
        var bytes = new List<byte>();
        foreach (var (field, kind, value) in Fields)
        {
            bytes.AddRange(Varint(((ulong)field << 3) | (uint)kind));
            if (kind == 2)
                bytes.AddRange(Varint((ulong)value.Length));
            bytes.AddRange(value);
        }

        return [.. bytes];
    }

    public IEnumerable<ProtoMessage> Messages(int field) => Fields.Where(f => f.Field == field).Select(f => Parse(f.Value));

    public byte[]? Bytes(int field) => Fields.Where(f => f.Field == field).Select(f => f.Value).LastOrDefault();

    public float Single(int field) => Bytes(field) is { } value ? BinaryPrimitives.ReadSingleLittleEndian(value) : 0;

    public long Integer(int field, long otherwise)
    {
        var bytes = (ReadOnlySpan<byte>)Bytes(field);
        return bytes.IsEmpty ? otherwise : (long)TakeVarint(ref bytes);
    }

    public ProtoMessage Set(int field, byte[] value)
    {
        Fields.RemoveAll(f => f.Field == field);
        Fields.Add((field, 2, value));
        return this;
    }

    public ProtoMessage Set(int field, long value)
    {
        Fields.RemoveAll(f => f.Field == field);
        Fields.Add((field, 0, Varint((ulong)value)));
        return this;
    }

    public ProtoMessage Set(int field, float value)
    {
        Fields.RemoveAll(f => f.Field == field);
        Fields.Add((field, 5, BitConverter.GetBytes(value)));
        return this;
    }

    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7F; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static ulong TakeVarint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
    }
}
