using System.Buffers;
using System.Text;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// Whether text survives being written as JSON. A lone surrogate would be replaced on the way, and the name read back
/// would be another.
/// </summary>
internal static class UnicodeText
{
    /// <summary>True where every surrogate has its partner.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out int consumed) != OperationStatus.Done) return false;
            text = text[consumed..];
        }

        return true;
    }
}
