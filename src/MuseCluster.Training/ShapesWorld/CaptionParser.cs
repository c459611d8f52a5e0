using System.Diagnostics.CodeAnalysis;

namespace MuseCluster.Training.ShapesWorld;

/// <summary>Reads captions by recursive descent over their words.</summary>
internal sealed class CaptionParser
{
    private const int LongestCaption = 400;
    private static readonly string[] Articles = ["a", "an"];

    private readonly string[] _words;
    private int _at;

    private CaptionParser(string[] words) => _words = words;

    private string Current => _at < _words.Length ? _words[_at] : "";

    public static bool TryParse(string? text, [NotNullWhen(true)] out Caption? caption, [NotNullWhen(false)] out string? error)
    {
        caption = null;
        error = null;
        if (string.IsNullOrWhiteSpace(text))
            error = "The caption is empty.";
        else if (text.Length > LongestCaption)
            error = $"The caption has {text.Length} characters; the longest has {LongestCaption}.";
        if (error is not null)
            return false;

        char[]? anyWhiteSpace = null;
        string[] words = text!.ToLowerInvariant().Trim().TrimEnd('.').Split(anyWhiteSpace, StringSplitOptions.RemoveEmptyEntries);
        try
        {
            caption = new CaptionParser(words).Parse();
            return true;
        }
        catch (FormatException unexpected)
        {
            error = unexpected.Message;
            return false;
        }
    }

    private Caption Parse()
    {
        _ = Accept("a", "picture", "of") || Accept("there", "is") || Accept("there", "are");

        var kind = CaptionKind.Single;
        Relation? relation = null;
        var objects = new List<ObjectClaim>();

        if (AcceptCount() is { } count)
        {
            kind = CaptionKind.Counted;
            objects.Add(ReadObject(count, allowSize: true));
        }
        else
        {
            objects.Add(ReadSingle(allowSize: true));
            if (Accept("and"))
                kind = CaptionKind.Pair;
            else if (AcceptRelation() is { } found)
                (kind, relation) = (CaptionKind.Related, found);

            if (kind != CaptionKind.Single)
            {
                if (objects[0].Size != ObjectSize.Medium)
                    throw new FormatException("Only captions of one kind of object name a size.");
                objects.Add(ReadSingle(allowSize: false));
            }
        }

        var background = ReadBackground();
        if (_at < _words.Length)
            throw Unexpected("the end of the caption");
        if (background is { } color && objects.Any(claim => claim.Color == color))
            throw new FormatException($"A {color.Word()} object cannot be seen on a {color.Word()} background.");

        // The words are kept as given but for case, space and full stop, so that a model reads what the user wrote.
        return new Caption(kind, string.Join(' ', _words), objects, relation, background);
    }

    private ObjectClaim ReadSingle(bool allowSize)
    {
        if (!Articles.Contains(Current))
            throw Unexpected("a, two, three or four");
        _at++;
        return ReadObject(1, allowSize);
    }

    private ObjectClaim ReadObject(int count, bool allowSize)
    {
        var size = ObjectSize.Medium;
        if (allowSize && Accept("small"))
            size = ObjectSize.Small;
        else if (allowSize && Current == "large")
            size = count > 2 ? throw new FormatException($"{count} large objects do not fit; at most two do.") : ObjectSize.Large;
        if (size == ObjectSize.Large)
            _at++;

        var color = ReadColor();
        if (color == PaletteColor.Gray)
            throw new FormatException("Gray is a background only; no object is gray.");

        foreach (var shape in Enum.GetValues<Shape>())
        {
            if ((count == 1 ? CaptionWords.Singulars(shape) : CaptionWords.Plurals(shape)).Contains(Current))
            {
                _at++;
                return new ObjectClaim(color, shape, size, count);
            }
        }

        throw Unexpected(count == 1
            ? "circle, square, triangle, diamond, ring or cross"
            : "circles, squares, triangles, diamonds, rings or crosses");
    }

    private PaletteColor ReadColor()
    {
        foreach (var color in Palette.All)
        {
            if (Accept(color.Word()))
                return color;
        }

        throw Unexpected($"a colour ({string.Join(", ", Palette.All.Select(CaptionWords.Word))})");
    }

    private PaletteColor? ReadBackground()
    {
        if (!Accept("on"))
            return null;
        if (!Articles.Contains(Current))
            throw Unexpected("a");
        _at++;

        var color = ReadColor();
        return Accept("background") ? color : throw Unexpected("background");
    }

    private int? AcceptCount()
    {
        for (int count = 2; count <= 4; count++)
        {
            if (CaptionWords.Counts(count).Contains(Current))
            {
                _at++;
                return count;
            }
        }

        return null;
    }

    private Relation? AcceptRelation()
    {
        foreach (var relation in Enum.GetValues<Relation>())
        {
            foreach (string phrase in CaptionWords.Phrases(relation))
            {
                if (Accept(phrase.Split(' ')))
                    return relation;
            }
        }

        return null;
    }

    private bool Accept(params ReadOnlySpan<string> words)
    {
        if (!_words.AsSpan(_at).StartsWith(words))
            return false;
        _at += words.Length;
        return true;
    }

    private FormatException Unexpected(string expected) => new(_at < _words.Length
        ? $"Word {_at + 1}, \"{_words[_at]}\": expected {expected}."
        : $"The caption ends early: expected {expected}.");
}
