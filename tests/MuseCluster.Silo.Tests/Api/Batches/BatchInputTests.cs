using System.Text;
using MuseCluster.Silo.Api.Batches;

namespace MuseCluster.Silo.Tests.Api.Batches;

public sealed class BatchInputTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "1:a")]
    [InlineData("a\nb\n", "1:a|2:b")]
    [InlineData("a\r\n\r\n b \r\n\n \n", "1:a|2:|3:b")]
    [InlineData("\uFEFFa\nb", "1:a|2:b")]
    [InlineData("\n\n", "")]
    [InlineData("\n\na", "1:|2:|3:a")]
    public async Task Lines_are_numbered_and_blank_ones_at_the_end_left_out(string text, string expected)
    {
        foreach (var piece in (int[])[1, 3, 1000])
            Assert.Equal(expected, string.Join('|', (await LinesAsync(Encoding.UTF8.GetBytes(text), piece)).Select(line => $"{line.Number}:{Encoding.UTF8.GetString(line.Text)}")));
    }

    [Fact]
    public async Task Of_a_line_that_is_too_long_the_start_is_given_and_the_next_is_whole()
    {
        byte[] text = [.. Enumerable.Repeat((byte)'x', 5 * BatchInput.LongestLine), .. "\nnext\n"u8];
        var lines = await LinesAsync(text, 10_000);
        Assert.Equal([1, 2], lines.Select(line => line.Number));
        Assert.InRange(lines[0].Text.Length, BatchInput.LongestLine + 1, 2 * BatchInput.LongestLine);
        Assert.Equal("next"u8.ToArray(), lines[1].Text);
        Assert.Equal(BatchInput.LongestLine, Assert.Single(await LinesAsync(text[..BatchInput.LongestLine], 10_000)).Text.Length);
    }

    private static async Task<List<(int Number, byte[] Text)>> LinesAsync(byte[] text, int piece)
    {
        var lines = new List<(int, byte[])>();
        await foreach (var (number, line) in BatchInput.LinesAsync(new Pieces(text, piece), CancellationToken.None))
            lines.Add((number, line.ToArray()));
        return lines;
    }

    /// <summary>Gives few bytes at a time.</summary>
    private sealed class Pieces(byte[] text, int piece) : MemoryStream(text)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
