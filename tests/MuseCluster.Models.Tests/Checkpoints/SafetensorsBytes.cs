using System.Buffers.Binary;
using System.Text;

namespace MuseCluster.Models.Tests.Checkpoints;

/// <summary>Builds safetensors files byte by byte, right or wrong, independently of the writer under test.</summary>
internal static class SafetensorsBytes
{
    public static byte[] Of(string header, int dataBytes, long? saidHeaderLength = null) =>
        Of(Encoding.UTF8.GetBytes(header), dataBytes, saidHeaderLength);

    public static byte[] Of(byte[] header, int dataBytes, long? saidHeaderLength = null)
    {
        byte[] file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, saidHeaderLength ?? header.Length);
        header.CopyTo(file, 8);
        for (int i = 0; i < dataBytes; i++) file[8 + header.Length + i] = (byte)i;
        return file;
    }
}
