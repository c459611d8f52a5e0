using System.Text;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Tests.Checkpoints;

public sealed class SafetensorsRefusalTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Header, data bytes, the tensor to be named, a part of the message.</summary>
    public static TheoryData<string, int, string?, string> BadHeaders => new()
    {
        { Entry("x", "F32", "[2]", "[0,8]"), 4, "x", "the file has 4 data bytes" },
        { Entry("x", "F32", "[2]", "[0,8]"), 12, "x", "the file has 12 data bytes" },
        { Entry("x", "F32", "[2]", "[0,4]"), 4, "x", "takes 8" },
        { Entry("x", "F32", "[2]", "[8,0]"), 8, "x", "are not a range" },
        { Entry("x", "F32", "[2]", "[-8,0]"), 8, "x", "must not be negative" },
        { Entry("x", "F32", "[2]", "[0,8,16]"), 8, "x", "more than 2" },
        { Entry("x", "F32", "[2]", "[0]"), 8, "x", "has 1 numbers, expected 2" },
        { Entry("x", "F32", "[2]", "[0,8.0]"), 8, "x", "64-bit integers" },
        { Entry("x", "F32", "[2]", "[0,\"8\"]"), 8, "x", "64-bit integers" },
        { Entry("x", "F32", "[2]", "[0,9223372036854775808]"), 8, "x", "64-bit integers" },
        { Entry("x", "F32", "[2]", "8"), 8, "x", "must be an array" },
        { Entry("x", "F32", "[-2]", "[0,8]"), 8, "x", "must not be negative" },
        { Entry("x", "F32", "[4294967296,4294967296]", "[0,8]"), 8, "x", "overflows" },
        { Entry("x", "U8", "[9223372036854775807,2]", "[0,8]"), 8, "x", "overflows" },
        { Entry("x", "U8", "[4611686018427387904,0,4]", "[0,0]"), 0, "x", "overflows" },
        { Entry("x", "F32", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]"), 4, "x", "more than 16" },
        { Entry("x", "F32", "[[2]]", "[0,8]"), 8, "x", "64-bit integers" },
        { Entry("x", "F8_E4M3", "[2]", "[0,2]"), 2, "x", "'F8_E4M3' is not supported" },
        { Entry("x", "f32", "[2]", "[0,8]"), 8, "x", "'f32' is not supported" },
        { "{\"x\":{\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "x", "dtype must be a string" },
        { "{\"x\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "x", "has no dtype" },
        { "{\"x\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8, "x", "has no shape" },
        { "{\"x\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "x", "has no data_offsets" },
        { "{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "x", "dtype twice" },
        { "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "x", "shape twice" },
        { "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"data_offsets\":[0,8]}}", 8, "x", "data_offsets twice" },
        { "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"stride\":1}}", 8, "x", "unknown field 'stride'" },
        { "{\"x\":[]}", 0, "x", "must be an object" },
        { Join(Entry("x", "U8", "[4]", "[0,4]"), Entry("x", "U8", "[4]", "[4,8]")), 8, "x", "listed twice" },
        { Join(Entry("x", "U8", "[4]", "[0,4]"), Entry("y", "U8", "[4]", "[3,7]")), 7, "y", "inside tensor 'x'" },
        { Join(Entry("x", "U8", "[4]", "[0,4]"), Entry("y", "U8", "[4]", "[0,4]")), 4, "y", "inside tensor 'x'" },
        { Join(Entry("x", "U8", "[4]", "[0,4]"), Entry("y", "U8", "[4]", "[5,9]")), 9, "y", "after a hole" },
        { Entry("x", "U8", "[4]", "[4,8]"), 8, "x", "after a hole" },
        { Entry("", "U8", "[4]", "[0,4]"), 4, "", "needs a name" },
        { "{}", 4, null, "lists no tensors, but 4 bytes follow" },
        { "{\"__metadata__\":{\"a\":1}}", 0, null, "must be a string" },
        { "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, null, "'a' twice" },
        { "{\"__metadata__\":{},\"__metadata__\":{}}", 0, null, "listed twice" },
        { "{\"__metadata__\":null}", 0, null, "must be an object" },
        { "[]", 0, null, "does not begin with '{'" },
        { " {}", 0, null, "does not begin with '{'" },
        { "", 0, null, "does not begin with '{'" },
        { "{", 0, null, "not valid JSON" },
        { "{} x", 0, null, "not valid JSON" },
        { "{}{}", 0, null, "not valid JSON" },
        { "{,}", 0, null, "not valid JSON" },
        { "{}//comment", 0, null, "not valid JSON" },
        { "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],", 0, "x", "not valid JSON" },
        { "{\"x\":{\"shape\":[[[[[[[[]]]]]]]]}}", 0, "x", "64-bit integers" },
        { "{\"\\ud800\":{}}", 0, null, "not Unicode" },
        { "{\"x\":{\"dtype\":\"\\udc00\"}}", 0, "x", "not Unicode" },
    };

    [Theory]
    [MemberData(nameof(BadHeaders))]
    public void ABadHeaderIsRefusedNamingTheTensor(string header, int dataBytes, string? tensor, string problem)
    {
        string path = folder.Write("bad.safetensors", SafetensorsBytes.Of(header, dataBytes));

        var refused = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Equal(path, refused.File);
        Assert.Equal(tensor, refused.Tensor);
        if (tensor is not null) Assert.Contains($"tensor '{tensor}'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3L, "not valid JSON")]
    [InlineData(1L << 20, "follow")]
    [InlineData(100_000_001L, "the most accepted is 100000000")]
    [InlineData(long.MaxValue, "the most accepted")]
    [InlineData(-1L, "18446744073709551615")]
    public void AHeaderLengthThatLiesIsRefused(long said, string problem)
    {
        string path = folder.Write("lie.safetensors", SafetensorsBytes.Of(Entry("x", "U8", "[4]", "[0,4]"), 4, said));
        var refused = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InvalidUtf8IsRefused()
    {
        byte[] header = Encoding.UTF8.GetBytes(Entry("x", "U8", "[4]", "[0,4]"));
        header[2] = 0xff;
        string path = folder.Write("utf8.safetensors", SafetensorsBytes.Of(header, 4));
        Assert.Contains("not Unicode", Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        byte[] whole = SafetensorsBytes.Of(Join(Entry("x", "U8", "[4]", "[0,4]"), Entry("y", "F32", "[2]", "[4,12]")), 12);
        for (int length = 0; length < whole.Length; length++)
        {
            string path = folder.Write("cut.safetensors", whole[..length]);
            var refused = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));
            if (length >= whole.Length - 8) Assert.Equal("y", refused.Tensor);
        }
    }

    [Fact]
    public void AHostileNameIsShortAndHarmlessInTheMessage()
    {
        string name = "\\u001b[31m" + new string('a', 100_000);
        string path = folder.Write("long.safetensors", SafetensorsBytes.Of(Entry(name, "F31", "[1]", "[0,4]"), 4));

        string message = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Message;

        Assert.DoesNotContain('\u001b', message);
        Assert.True(message.Length < 1000);
    }

    [Fact]
    public void MoreTensorsThanTheLimitAreRefused()
    {
        var header = new StringBuilder("{");
        for (int i = 0; i <= 1 << 18; i++)
            header.Append(i == 0 ? "" : ",").Append($"\"{i}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}");
        string path = folder.Write("many.safetensors", SafetensorsBytes.Of(header.Append('}').ToString(), 0));
        Assert.Contains("more than 262144", Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoFileIsAnIoErrorNotAFormatError() =>
        Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(folder["none.safetensors"]));

    private static string Entry(string name, string dtype, string shape, string offsets) =>
        $$$"""{"{{{name}}}":{"dtype":"{{{dtype}}}","shape":{{{shape}}},"data_offsets":{{{offsets}}}}}""";

    private static string Join(string first, string second) => $"{first[..^1]},{second[1..]}";
}
