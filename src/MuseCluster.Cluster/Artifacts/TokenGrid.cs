using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>A square grid of codes, as manifests keep it.</summary>
/// <param name="Side">Codes of a row, and rows.</param>
/// <param name="Codes">Side x Side codes, row-major; in JSON the Base64 of little-endian uint16.</param>
public sealed record TokenGrid(int Side, [property: JsonConverter(typeof(TokenGrid.CodesJson))] ushort[] Codes)
{
    /// <summary>A grid of its codes.</summary>
    /// <param name="codes">The codes; their number is a square.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static TokenGrid Of(ushort[] codes)
    {
        var side = (int)Math.Round(Math.Sqrt(codes.Length));
        return side > 0 && side * side == codes.Length
            ? new TokenGrid(side, codes)
            : throw new ArgumentException($"A grid has {codes.Length} codes, expected a square number of them.", nameof(codes));
    }

    /// <summary>What is wrong with the grid.</summary>
    /// <returns>The field, and what was found and what is expected; empty if all is well.</returns>
    internal IEnumerable<(string Field, string Problem)> Problems()
    {
        if (Side < 1)
            yield return ("side", $"is {Side}, expected at least 1");
        else if ((long)Side * Side != Codes.Length)
            yield return ("codes", $"has {Codes.Length} codes, expected {Side} x {Side}");
    }

    /// <summary>Codes as Base64.</summary>
    internal sealed class CodesJson : JsonConverter<ushort[]>
    {
        /// <inheritdoc/>
        public override ushort[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException("is no text, expected Base64");
            if (!reader.TryGetBytesFromBase64(out var bytes))
                throw new JsonException("is no Base64");
            if (bytes.Length % sizeof(ushort) != 0)
                throw new JsonException($"has {bytes.Length} bytes, expected {sizeof(ushort)} a code");
            var codes = new ushort[bytes.Length / sizeof(ushort)];
            for (var i = 0; i < codes.Length; i++)
                codes[i] = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(i * sizeof(ushort)));
            return codes;
        }

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, ushort[] value, JsonSerializerOptions options)
        {
            var bytes = new byte[value.Length * sizeof(ushort)];
            for (var i = 0; i < value.Length; i++)
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(i * sizeof(ushort)), value[i]);
            writer.WriteBase64StringValue(bytes);
        }
    }
}
