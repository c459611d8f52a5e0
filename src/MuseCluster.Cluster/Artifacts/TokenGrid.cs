using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MuseCluster.Cluster.Artifacts;

/// <summary>A grid of codes, as manifests keep it.</summary>
/// <param name="Side">Codes of a row.</param>
/// <param name="Codes">Side x Height codes, row-major; in JSON the Base64 of little-endian uint16.</param>
/// <param name="Height">Rows; null in a square.</param>
public sealed record TokenGrid(
    int Side, [property: JsonConverter(typeof(TokenGrid.CodesJson))] ushort[] Codes, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Height = null)
{
    /// <summary>The grid of a picture.</summary>
    /// <param name="codes">The codes.</param>
    /// <param name="picture">The picture's width and height, which tell the grid's: a token is a square of pixels.</param>
    /// <exception cref="ArgumentException">There is no such grid of so many codes.</exception>
    public static TokenGrid Of(ushort[] codes, (int Width, int Height) picture)
    {
        var side = (int)Math.Round(Math.Sqrt((double)codes.Length * picture.Width / picture.Height));
        if (side < 1 || codes.Length % side != 0 || (long)side * picture.Height != (long)(codes.Length / side) * picture.Width)
            throw new ArgumentException($"A grid has {codes.Length} codes, expected as many as a picture of {picture.Width} x {picture.Height} is divided into by squares.", nameof(codes));
        return new TokenGrid(side, codes, side * side == codes.Length ? null : codes.Length / side);
    }

    /// <summary>What is wrong with the grid.</summary>
    /// <returns>The field, and what was found and what is expected; empty if all is well.</returns>
    internal IEnumerable<(string Field, string Problem)> Problems()
    {
        if (Side < 1)
            yield return ("side", $"is {Side}, expected at least 1");
        else if (Height < 1)
            yield return ("height", $"is {Height}, expected at least 1");
        else if ((long)Side * (Height ?? Side) != Codes.Length)
            yield return ("codes", $"has {Codes.Length} codes, expected {Side} x {Height ?? Side}");
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
