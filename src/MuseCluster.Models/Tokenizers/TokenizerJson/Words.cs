namespace MuseCluster.Models.Tokenizers.TokenizerJson;

/// <summary>Text cut into words no piece may cross: all bytes in one stretch, and where each word ends.</summary>
/// <param name="Text">The words, one after another.</param>
/// <param name="Ends">The end of each word in <paramref name="Text"/>, ascending; no word is empty.</param>
internal sealed record Words(List<byte> Text, List<int> Ends)
{
    /// <summary>The whole of a text as one word, or none if it is empty.</summary>
    public static Words Whole(List<byte> text) => new(text, text.Count == 0 ? [] : [text.Count]);

    /// <summary>Ends a word here, unless nothing has been added since the last end.</summary>
    public void EndWord()
    {
        if (Text.Count > (Ends.Count == 0 ? 0 : Ends[^1]))
            Ends.Add(Text.Count);
    }
}
