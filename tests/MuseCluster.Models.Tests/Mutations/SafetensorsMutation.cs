using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace MuseCluster.Models.Tests.Mutations;

/// <summary>Safetensors files whose headers lie: about one tensor's place, shape or type, or about their own length.</summary>
internal static class SafetensorsMutation
{
    private const string Metadata = "__metadata__";

    // The tensor's fields after a lie, from those before.
    private static readonly (string Lie, Func<Entry, Entry> Tell)[] Lies =
    [
        ("offsets swapped", e => e with { Begin = e.End, End = e.Begin }),
        ("overlaps what is before", e => e with { Begin = e.Begin - 4, End = e.End - 4 }),
        ("overlaps what follows", e => e with { Begin = e.Begin + 4, End = e.End + 4 }),
        ("longer by one byte", e => e with { End = e.End + 1 }),
        ("shorter by one byte", e => e with { End = e.End - 1 }),
        ("beyond the end", e => e with { Begin = e.Begin + (1L << 40), End = e.End + (1L << 40) }),
        ("at the end of all numbers", e => e with { Begin = long.MaxValue - (e.End - e.Begin), End = long.MaxValue }),
        ("as long as all numbers", e => e with { End = long.MaxValue }),
        ("before the start", e => e with { Begin = -4, End = e.End - e.Begin - 4 }),
        ("a shape whose product overflows", e => e with { Shape = [1L << 62, 1L << 62] }),
        ("a shape whose product wraps round to its own", e => e with { Shape = [.. e.Shape, 1L << 32, 1L << 32] }),
        ("an empty shape of overflowing strides", e => e with { Shape = [1L << 62, 1L << 62, 0] }),
        ("a shape of terabytes", e => e with { Shape = [1L << 40] }),
        ("a shape of twenty dimensions", e => e with { Shape = [.. Enumerable.Repeat(1L, 20)] }),
        ("a negative shape", e => e with { Shape = [.. e.Shape.Select(d => -d)] }),
        ("a shape of one more dimension", e => e with { Shape = [.. e.Shape, 1] }),
        ("a shape of one row", e => e with { Shape = [e.Shape.Aggregate(1L, (a, b) => a * b)] }),
        ("half the type", e => e with { Type = "BF16" }),
        ("whole numbers of its size", e => e with { Type = e.Type is "F32" ? "I32" : e.Type is "U8" ? "BOOL" : "F64" }),
        ("an unknown type", e => e with { Type = "Q4_0" }),
        ("a type in small letters", e => e with { Type = e.Type.ToLowerInvariant() }),
    ];

    /// <summary>All of them.</summary>
    /// <param name="file">A file that is right.</param>
    /// <param name="most">The most lies about tensors to take, spread evenly; null for all.</param>
    public static IEnumerable<Mutant> Of(byte[] file, int? most = null)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        string header = Encoding.UTF8.GetString(file, 8, length);
        byte[] data = file[(8 + length)..];
        foreach (Mutant mutant in OfLengths(file, length)) yield return mutant;
        foreach (Mutant mutant in JsonMutation.Of(header, most / 2, Blame)) yield return mutant with { Bytes = Joined(mutant.Bytes, data) };
        string[] names = [.. JsonNode.Parse(header)!.AsObject().Select(f => f.Key).Where(name => name != Metadata)];
        (string Name, int Lie)[] all = [.. names.SelectMany(name => Enumerable.Range(0, Lies.Length).Select(lie => (name, lie)))];
        double step = most is { } limit && limit < all.Length ? (double)all.Length / limit : 1;
        for (double at = 0; (int)at < all.Length; at += step)
        {
            var (name, lie) = all[(int)at];
            JsonObject root = JsonNode.Parse(header)!.AsObject();
            root[name] = Lies[lie].Tell(Entry.Of(root[name]!)).ToJson();
            // Where a tensor lies over another or leaves a hole, either may be blamed.
            yield return new Mutant($"{name}: {Lies[lie].Lie}", Joined(Encoding.UTF8.GetBytes(root.ToJsonString()), data), lie is 1 or 2 ? null : name);
        }
    }

    private static string? Blame(IReadOnlyList<string> way, bool removed) => removed && way.Count == 1 ? null : way[0];

    private static IEnumerable<Mutant> OfLengths(byte[] file, int length)
    {
        long[] lengths = [0, 1, length - 1, length + 1, file.Length, file.Length - 8, int.MaxValue, 1L << 32, long.MaxValue, -1, long.MinValue];
        foreach (long said in lengths)
        {
            byte[] bytes = (byte[])file.Clone();
            BinaryPrimitives.WriteInt64LittleEndian(bytes, said);
            yield return new Mutant(string.Create(CultureInfo.InvariantCulture, $"a header of {said} bytes"), bytes);
        }

        foreach (int kept in new[] { 0, 1, 7, 8, 9, 8 + (length / 2), 8 + length, file.Length - 1 })
            yield return new Mutant($"cut after {kept} bytes", file[..kept]);
        yield return new Mutant("a byte too many", [.. file, 0]);
        yield return new Mutant("an empty header", Joined("{}"u8.ToArray(), []));
        yield return new Mutant("deep", Joined(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 50_000))), []));
    }

    private static byte[] Joined(byte[] header, byte[] data)
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. data];
    }

    private sealed record Entry(string Type, long[] Shape, long Begin, long End)
    {
        public static Entry Of(JsonNode node) => new(
            (string)node["dtype"]!, [.. node["shape"]!.AsArray().Select(d => (long)d!)], (long)node["data_offsets"]![0]!, (long)node["data_offsets"]![1]!);

        public JsonObject ToJson() => new()
        {
            ["dtype"] = Type,
            ["shape"] = new JsonArray([.. Shape.Select(d => (JsonNode)d)]),
            ["data_offsets"] = new JsonArray(Begin, End),
        };
    }
}
