using System.Diagnostics.CodeAnalysis;

namespace MuseCluster.Training.ShapesWorld;

/// <summary>The four forms of captions.</summary>
public enum CaptionKind
{
    /// <summary>One object: "a small red circle".</summary>
    Single = 1,

    /// <summary>Several equal objects: "three blue crosses".</summary>
    Counted = 2,

    /// <summary>Two objects and how they stand: "a red circle above a blue square".</summary>
    Related = 3,

    /// <summary>Two objects anywhere: "a red circle and a blue square".</summary>
    Pair = 4,
}

/// <summary>What a caption says of one object, or of several equal ones.</summary>
/// <param name="Color">Their colour.</param>
/// <param name="Shape">Their shape.</param>
/// <param name="Size">Their size; <see cref="ObjectSize.Medium"/> where the caption has no word for it.</param>
/// <param name="Count">How many there are, 1 to 4.</param>
public readonly record struct ObjectClaim(PaletteColor Color, Shape Shape, ObjectSize Size = ObjectSize.Medium, int Count = 1);

/// <summary>A caption: its text and what it claims.</summary>
/// <param name="Kind">Its form.</param>
/// <param name="Text">Its words, in lower case and without a full stop.</param>
/// <param name="Objects">The objects it names, in order: one entry, or two for relations and pairs.</param>
/// <param name="Relation">Where the first object stands, seen from the second; only in <see cref="CaptionKind.Related"/>.</param>
/// <param name="Background">The background it names, or null: then it is white, gray or black.</param>
public sealed record Caption(
    CaptionKind Kind,
    string Text,
    IReadOnlyList<ObjectClaim> Objects,
    Relation? Relation = null,
    PaletteColor? Background = null)
{
    /// <summary>How many objects the picture has.</summary>
    public int ObjectCount => Objects.Sum(claim => claim.Count);

    /// <summary>Makes a caption in its plainest words.</summary>
    /// <param name="kind">Its form.</param>
    /// <param name="objects">The objects it names.</param>
    /// <param name="relation">The relation, for <see cref="CaptionKind.Related"/>.</param>
    /// <param name="background">The background to name, if any.</param>
    public static Caption Create(
        CaptionKind kind, IReadOnlyList<ObjectClaim> objects, Relation? relation = null, PaletteColor? background = null)
    {
        var wordless = new Caption(kind, "", objects, relation, background);
        return wordless with { Text = CaptionWriter.Write(wordless) };
    }

    /// <summary>The same claims in other words, each choice of words being drawn on its own.</summary>
    /// <param name="random">Where the choices come from.</param>
    /// <param name="probability">How often a choice departs from the plainest words, 0 to 1.</param>
    public Caption Paraphrase(ref SceneRandom random, double probability) =>
        this with { Text = CaptionWriter.Write(this, ref random, probability) };

    /// <summary>Reads a caption in any of its paraphrases; case, a final full stop and "an" for "a" are forgiven.</summary>
    /// <param name="text">The text.</param>
    /// <param name="caption">The caption, when the text is one.</param>
    /// <param name="error">Otherwise which word was not understood and what was expected.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Caption? caption, [NotNullWhen(false)] out string? error) =>
        CaptionParser.TryParse(text, out caption, out error);

    /// <summary>Whether two captions claim the same, in whatever words.</summary>
    /// <param name="other">The caption to compare with.</param>
    public bool SameClaims(Caption other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Kind == other.Kind && Relation == other.Relation && Background == other.Background && Objects.SequenceEqual(other.Objects);
    }
}
