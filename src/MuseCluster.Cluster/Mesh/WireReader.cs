using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace MuseCluster.Cluster.Mesh;

/// <summary>
/// Reads untrusted bytes. Whatever they are, it throws nothing but <see cref="FormatException"/>, and allocates no more
/// than they can fill.
/// </summary>
internal ref struct WireReader
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly string _what;
    private readonly int _length;
    private ReadOnlySpan<byte> _rest;

    public WireReader(string what, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> magic, byte version)
    {
        _what = what;
        _length = bytes.Length;
        _rest = bytes;
        if (!Take(magic.Length, "its mark").SequenceEqual(magic))
            throw Wrong($"does not start with '{Encoding.ASCII.GetString(magic)}'");
        if (Byte("version") is var found && found != version)
            throw Wrong($"is of version {found}, expected {version}: all silos of a cluster must run software that agrees on it");
    }

    public byte Byte(string field) => Take(1, field)[0];

    public int Int32(string field) => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int), field));

    public long Int64(string field) => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long), field));

    public double Double(string field) => BitConverter.Int64BitsToDouble(Int64(field));

    public Guid Guid(string field) => new(Take(16, field));

    public ReadOnlySpan<byte> Bytes(string field) => Take(Count(field, 1), field);

    public string Text(string field)
    {
        try
        {
            return Utf8.GetString(Bytes(field));
        }
        catch (DecoderFallbackException e)
        {
            throw Wrong($"holds a {field} that is no UTF-8", e);
        }
    }

    public ushort[] Grid(string field)
    {
        var grid = new ushort[Count(field, sizeof(ushort))];
        var bytes = Take(grid.Length * sizeof(ushort), field);
        if (BitConverter.IsLittleEndian)
            bytes.CopyTo(MemoryMarshal.AsBytes(grid.AsSpan()));
        else
            for (var i = 0; i < grid.Length; i++)
                grid[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(i * sizeof(ushort))..]);
        return grid;
    }

    /// <summary>How many follow.</summary>
    /// <param name="field">Of what.</param>
    /// <param name="size">Bytes of each, at least.</param>
    public int Count(string field, int size)
    {
        var count = Int32(field);
        return count >= 0 && count <= _rest.Length / size
            ? count
            : throw Wrong($"says that its {field} has a length of {count}, and has {_rest.Length} more bytes");
    }

    public int AtLeastZero(string field) => Int32(field) is >= 0 and var value ? value : throw Wrong($"has a negative {field}");

    public bool Has(string field) => Byte(field) switch
    {
        0 => false,
        1 => true,
        var other => throw Wrong($"has {other} where it says whether there is a {field}, expected 0 or 1"),
    };

    public T Choice<T>(string field)
        where T : struct, Enum
    {
        var value = (T)Enum.ToObject(typeof(T), Byte(field));
        return Enum.IsDefined(value) ? value : throw Wrong($"has {value} for its {field}");
    }

    public readonly void End()
    {
        if (_rest.Length > 0)
            throw Wrong($"has {_rest.Length} bytes after its end");
    }

    public readonly FormatException Wrong(string problem, Exception? inner = null) => new($"The {_what} of {_length} bytes {problem}.", inner);

    private ReadOnlySpan<byte> Take(int count, string field)
    {
        if (count > _rest.Length)
            throw Wrong($"ends within its {field}");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
