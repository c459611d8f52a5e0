using System.Buffers.Binary;
using System.Text;

namespace MuseCluster.Generation.Pictures;

/// <summary>One chunk of a file.</summary>
internal readonly record struct PngChunk(string Type, ReadOnlyMemory<byte> Data)
{
    private const int Overhead = 12;

    /// <summary>Whether a reader that does not know the chunk cannot show the picture: its first letter is a capital.</summary>
    public bool IsCritical => char.IsAsciiLetterUpper(Type[0]);

    /// <summary>Reads the chunk that starts at a position, checks its CRC, and moves the position behind it.</summary>
    public static PngChunk Read(ReadOnlyMemory<byte> file, ref int position)
    {
        var rest = file.Span[position..];
        if (rest.Length < Overhead)
            throw new PngException("file", $"ends at byte {file.Length}; expected a chunk, up to IEND.");

        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        var type = rest.Slice(4, 4);
        foreach (byte letter in type)
        {
            if (!char.IsAsciiLetter((char)letter))
                throw new PngException("file", $"byte {position + 4}: the chunk type holds 0x{letter:X2}; expected four letters.");
        }

        string name = Encoding.ASCII.GetString(type);
        if (length > rest.Length - Overhead)
            throw new PngException(name, $"length is {length}, but {rest.Length - Overhead} bytes are left in the file.");

        var data = rest.Slice(8, (int)length);
        uint stored = BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]), computed = PngChecksum.Crc(type, data);
        if (stored != computed)
            throw new PngException(name, $"CRC is {stored:X8}; expected {computed:X8}.");

        int start = position + 8;
        position += Overhead + (int)length;
        return new PngChunk(name, file.Slice(start, (int)length));
    }
}
