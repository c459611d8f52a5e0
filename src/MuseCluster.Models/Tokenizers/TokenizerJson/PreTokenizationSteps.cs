using System.Runtime.InteropServices;
using System.Text;
using MuseCluster.Models.Tokenizers.SentencePiece;

namespace MuseCluster.Models.Tokenizers.TokenizerJson;

/// <summary>When <c>Metaspace</c> puts a visible space before a word that has none.</summary>
internal enum PrependScheme
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>At the start of the text only.</summary>
    First,

    /// <summary>Before each word.</summary>
    Always,
}

/// <summary>One step that cuts normalised text into words.</summary>
internal interface IPreTokenizationStep
{
    /// <summary>Cuts <paramref name="words"/> further.</summary>
    /// <param name="words">The words so far.</param>
    /// <param name="atTextStart">Whether the first of them begins the whole text.</param>
    Words Apply(Words words, bool atTextStart);
}

/// <summary><c>WhitespaceSplit</c>: cuts at white space, which goes away.</summary>
internal sealed class WhitespaceSplitStep : IPreTokenizationStep
{
    /// <inheritdoc/>
    public Words Apply(Words words, bool atTextStart)
    {
        var result = new Words(new List<byte>(words.Text.Count), []);
        var text = CollectionsMarshal.AsSpan(words.Text);
        var start = 0;
        foreach (var end in words.Ends)
        {
            while (start < end)
            {
                Rune.DecodeFromUtf8(text[start..end], out var rune, out var used);
                if (Rune.IsWhiteSpace(rune))
                    result.EndWord();
                else
                    result.Text.AddRange(text.Slice(start, used));
                start += used;
            }

            result.EndWord();
        }

        return result;
    }
}

/// <summary><c>Metaspace</c>: makes spaces visible as U+2581, and cuts before each (pre_tokenizers/metaspace.rs).</summary>
/// <param name="prepend">When to add a space before a word.</param>
/// <param name="split">Whether to cut.</param>
internal sealed class MetaspaceStep(PrependScheme prepend, bool split) : IPreTokenizationStep
{
    /// <summary>Whether this step may add a space that decoding has to take away.</summary>
    public bool Prepends => prepend != PrependScheme.Never;

    /// <inheritdoc/>
    public Words Apply(Words words, bool atTextStart)
    {
        var space = Utf8Character.Space;
        var result = new Words(new List<byte>(words.Text.Count + (3 * words.Ends.Count)), []);
        var text = (ReadOnlySpan<byte>)CollectionsMarshal.AsSpan(words.Text);
        var start = 0;
        foreach (var end in words.Ends)
        {
            var word = text[start..end];
            var wanted = prepend == PrependScheme.Always || (prepend == PrependScheme.First && atTextStart && start == 0);
            if (wanted && word[0] != ' ' && !word.StartsWith(space))
                result.Text.AddRange(space);
            while (!word.IsEmpty)
            {
                var isSpace = word[0] == ' ' || word.StartsWith(space);
                if (isSpace && split)
                    result.EndWord();
                result.Text.AddRange(isSpace ? space : word[..1]);
                word = word[(isSpace && word[0] != ' ' ? space.Length : 1)..];
            }

            result.EndWord();
            start = end;
        }

        return result;
    }
}
