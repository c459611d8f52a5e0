using System.Globalization;
using System.Text;
using MuseCluster.Models.Tokenizers.SentencePiece;

namespace MuseCluster.Models.Tokenizers.TokenizerJson;

/// <summary>The <c>normalizer</c> of a tokenizer.json: the steps of tokenizers' normalizers module that T5's files use.</summary>
internal sealed class Normalization
{
    private readonly List<INormalizationStep> _steps = [];

    private Normalization()
    {
    }

    /// <summary>Reads the steps; null means none.</summary>
    /// <param name="field">The <c>normalizer</c> field, if there is one.</param>
    /// <param name="file">The file, for errors.</param>
    public static Normalization Read(JsonField? field, string file)
    {
        var normalization = new Normalization();
        if (field is not null)
            normalization.Add(field, file);
        // Later stages may rely on valid UTF-8; where no charsmap sees to that, a map without rules does.
        if (!normalization._steps.Any(step => step is CharsMapStep))
            normalization._steps.Insert(0, new CharsMapStep(CharsMap.Identity));
        return normalization;
    }

    /// <summary>The normal form of <paramref name="text"/>.</summary>
    public List<byte> Apply(ReadOnlySpan<byte> text)
    {
        var from = new List<byte>(text.Length);
        from.AddRange(text);
        var to = new List<byte>(text.Length);
        foreach (var step in _steps)
        {
            to.Clear();
            step.Apply(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(from), to);
            (from, to) = (to, from);
        }

        return from;
    }

    private void Add(JsonField field, string file)
    {
        var type = field.Property("type");
        switch (type.Text())
        {
            case "Sequence":
                foreach (var step in field.Property("normalizers").Items())
                    Add(step, file);
                break;
            case "Precompiled":
                var rules = field.Optional("precompiled_charsmap")?.Base64() ?? [];
                _steps.Add(new CharsMapStep(CharsMap.Read(rules, file, "normalizer.precompiled_charsmap")));
                break;
            case "Replace":
                _steps.Add(ReadReplace(field));
                break;
            case "Strip":
                _steps.Add(new StripStep(
                    field.Property("strip_left").Boolean(), field.Property("strip_right").Boolean()));
                break;
            case "Prepend":
                _steps.Add(new PrependStep(Limited(field.Property("prepend"))));
                break;
            default:
                throw type.Fault($"Sequence, Precompiled, Replace, Strip or Prepend, found '{type.Text()}'");
        }
    }

    private static INormalizationStep ReadReplace(JsonField field)
    {
        var content = Limited(field.Property("content"));
        var pattern = field.Property("pattern");
        if (pattern.Optional("String") is { } literal)
        {
            var text = Encoding.UTF8.GetBytes(literal.Text());
            return text.Length > 0 ? new ReplaceTextStep(text, content) : throw literal.Fault("a pattern that is not empty");
        }

        var regex = pattern.Property("Regex");
        return TryReadRun(regex.Text(), out var unit, out var minimum)
            ? new ReplaceRunStep(unit, minimum, content)
            : throw regex.Fault($"one character or \\s followed by + or {{n,}}, the only patterns known here, found '{regex.Text()}'");
    }

    /// <summary>
    /// Reads <c>c+</c> or <c>c{n,}</c>. A regular expression engine would run patterns out of a file that may come from
    /// anywhere, and T5's files use no others.
    /// </summary>
    private static bool TryReadRun(string regex, out Rune? unit, out int minimum)
    {
        unit = null;
        minimum = 1;
        string count;
        if (regex.StartsWith('\\') && regex.Length > 1)
        {
            if (char.IsLetterOrDigit(regex[1]) && regex[1] != 's')
                return false;
            if (regex[1] != 's')
                unit = new Rune(regex[1]);
            count = regex[2..];
        }
        else if (Rune.TryGetRuneAt(regex + "\0", 0, out var rune) && !".^$*+?()[{|".Contains(regex.FirstOrDefault()))
        {
            unit = rune;
            count = regex.Length >= rune.Utf16SequenceLength ? regex[rune.Utf16SequenceLength..] : "";
        }
        else
        {
            return false;
        }

        return count == "+"
            || (count.StartsWith('{') && count.EndsWith(",}", StringComparison.Ordinal)
                && int.TryParse(count.AsSpan(1, count.Length - 3), NumberStyles.None, CultureInfo.InvariantCulture, out minimum)
                && minimum > 0);
    }

    private static byte[] Limited(JsonField field)
    {
        var bytes = Encoding.UTF8.GetBytes(field.Text());
        return bytes.Length <= CharsMap.MaxReplacementBytes
            ? bytes
            : throw field.Fault($"at most {CharsMap.MaxReplacementBytes} bytes, found {bytes.Length}");
    }
}
