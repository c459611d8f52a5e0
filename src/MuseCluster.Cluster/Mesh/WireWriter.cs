using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace MuseCluster.Cluster.Mesh;

/// <summary>Writes what <see cref="WireReader"/> reads: numbers little-endian, all else with its length before it.</summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _bytes;

    public WireWriter(ReadOnlySpan<byte> magic, byte version, int capacity)
    {
        _bytes = new ArrayBufferWriter<byte>(capacity);
        _bytes.Write(magic);
        Byte(version);
    }

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Byte(byte value) => _bytes.Write([value]);

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    public void Double(double value) => Int64(BitConverter.DoubleToInt64Bits(value));

    public void Guid(Guid value) => _bytes.Write(value.ToByteArray());

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        _bytes.Write(value);
    }

    public void Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public void Grid(ReadOnlySpan<ushort> grid)
    {
        Int32(grid.Length);
        if (BitConverter.IsLittleEndian)
            _bytes.Write(MemoryMarshal.AsBytes(grid));
        else
            foreach (var code in grid)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(_bytes.GetSpan(sizeof(ushort)), code);
                _bytes.Advance(sizeof(ushort));
            }
    }

    /// <summary>Whether a value follows.</summary>
    public bool Has(object? value)
    {
        Byte(value is null ? (byte)0 : (byte)1);
        return value is not null;
    }
}
