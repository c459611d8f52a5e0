using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace MuseCluster.Silo.Api.Batches;

/// <summary>Reads a batch's input line by line.</summary>
internal static class BatchInput
{
    /// <summary>Most bytes of a line. Of a longer one only the start is given, and that is longer than this.</summary>
    public const int LongestLine = 1 << 20;

    private const int Buffered = 1 << 16;

    /// <summary>The lines. Blank ones at the end are left out.</summary>
    /// <param name="content">The file; not closed.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Their numbers, from 1, and their bytes, which hold until the next line is asked for.</returns>
    public static async IAsyncEnumerable<(int Number, ReadOnlyMemory<byte> Text)> LinesAsync(Stream content, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = PipeReader.Create(content, new StreamPipeReaderOptions(bufferSize: Buffered, leaveOpen: true));
        var (number, told, skipping) = (0, 0, false);
        while (true)
        {
            var result = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            var buffer = result.Buffer;
            while (Next(ref buffer, result.IsCompleted, out var whole) is { } line)
            {
                var text = skipping ? default : Trim(line, number == 0);
                number += skipping ? 0 : 1;
                skipping = !whole;
                if (text.IsEmpty)
                    continue;
                // Blank lines count only where others follow.
                while (++told < number)
                    yield return (told, default);
                yield return (number, text);
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                yield break;
        }
    }

    private static ReadOnlySequence<byte>? Next(ref ReadOnlySequence<byte> buffer, bool last, out bool whole)
    {
        whole = true;
        ReadOnlySequence<byte> line;
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return line;
        }
        if (buffer.IsEmpty || (!last && buffer.Length <= LongestLine))
            return null;
        (line, whole) = (buffer, last);
        buffer = buffer.Slice(buffer.End);
        return line;
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlySequence<byte> line, bool first)
    {
        var text = line.IsSingleSegment ? line.First : line.ToArray();
        // Some editors mark UTF-8.
        if (first && text.Span.StartsWith("\uFEFF"u8))
            text = text[3..];
        return text.Trim(" \t\r"u8);
    }
}
