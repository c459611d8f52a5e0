using System.Text;

namespace MuseCluster.Models.Tokenizers.SentencePiece;

/// <summary>Collects the pieces of one text. Strings cost more than the segmentation itself, so they are kept on request only.</summary>
internal sealed class PieceSink(bool keepText)
{
    /// <summary>The ids so far.</summary>
    public List<int> Ids { get; } = [];

    /// <summary>The pieces' texts, one for each id; empty unless asked for.</summary>
    public List<string> Texts { get; } = [];

    /// <summary>Appends a piece.</summary>
    public void Add(int id, ReadOnlySpan<byte> text)
    {
        Ids.Add(id);
        if (keepText)
            Texts.Add(Encoding.UTF8.GetString(text));
    }
}
