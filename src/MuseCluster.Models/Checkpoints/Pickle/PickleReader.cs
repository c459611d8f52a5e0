using System.Buffers.Binary;
using System.Text;

namespace MuseCluster.Models.Checkpoints.Pickle;

/// <summary>The bytes of a pickle, read forwards. Every refusal says where in which entry of which file it arose.</summary>
internal ref struct PickleReader(ReadOnlySpan<byte> bytes, string file, string entry)
{
    // Names of modules and classes are short; a line without an end would be searched for through the whole pickle.
    private const int MaxLine = 512;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int at;
    private int opcodeAt;

    /// <summary>Reads an opcode; refusals name its place from now on.</summary>
    public byte Opcode()
    {
        opcodeAt = at;
        return Byte();
    }

    /// <summary>Reads one byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>Reads a little-endian 16-bit number.</summary>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    /// <summary>Reads a little-endian 32-bit number.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>Reads a little-endian signed 32-bit number.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    /// <summary>Reads a big-endian binary64, as pickles hold floats.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>Reads a two's-complement integer of some bytes, little-endian.</summary>
    public long Integer(int length)
    {
        if (length > sizeof(long)) throw Refuse($"holds an integer of {length} bytes; the most accepted is {sizeof(long)}");
        ReadOnlySpan<byte> digits = Take(length);
        if (length == 0) return 0;
        long value = (sbyte)digits[^1];
        for (int i = length - 2; i >= 0; i--) value = (value << 8) | digits[i];
        return value;
    }

    /// <summary>Reads text of some UTF-8 bytes.</summary>
    public string Text(uint length)
    {
        if (length > (uint)(bytes.Length - at)) throw Ended();
        return Decode(Take((int)length));
    }

    /// <summary>Reads text up to a line feed.</summary>
    public string Line()
    {
        ReadOnlySpan<byte> rest = bytes[at..];
        int length = rest[..Math.Min(rest.Length, MaxLine)].IndexOf((byte)'\n');
        if (length < 0) throw Refuse($"holds a name that does not end within {MaxLine} bytes");
        string line = Decode(Take(length));
        at++;
        return line;
    }

    /// <summary>A refusal at the last opcode.</summary>
    public readonly CheckpointException Refuse(string problem) =>
        new(file, null, $"{CheckpointException.Quote(entry)} at byte {opcodeAt}: {problem}");

    private readonly string Decode(ReadOnlySpan<byte> text)
    {
        try
        {
            return Utf8.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw Refuse("holds text that is not UTF-8");
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > bytes.Length - at) throw Ended();
        ReadOnlySpan<byte> taken = bytes.Slice(at, length);
        at += length;
        return taken;
    }

    private readonly CheckpointException Ended() => Refuse($"ends at byte {bytes.Length}, inside of an instruction: truncated?");
}
