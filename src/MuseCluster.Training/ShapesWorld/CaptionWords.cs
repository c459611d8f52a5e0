namespace MuseCluster.Training.ShapesWorld;

/// <summary>The words of captions. In every list of synonyms the plainest word comes first.</summary>
public static class CaptionWords
{
    private static readonly string[][] ShapeSingulars =
        [["circle", "disc"], ["square", "box"], ["triangle"], ["diamond"], ["ring"], ["cross"]];

    private static readonly string[][] ShapePlurals =
        [["circles", "discs"], ["squares", "boxes"], ["triangles"], ["diamonds"], ["rings"], ["crosses"]];

    private static readonly string[][] RelationPhrases =
        [["above", "over"], ["below", "under"], ["left of", "to the left of"], ["right of", "to the right of"]];

    private static readonly string[][] CountWords = [["two", "2"], ["three", "3"], ["four", "4"]];

    /// <summary>Every word that a caption can hold, sorted by ordinal.</summary>
    public static IReadOnlyList<string> Vocabulary { get; } = BuildVocabulary();

    /// <summary>The word of a colour: its name in lower case.</summary>
    /// <param name="color">The colour.</param>
    public static string Word(this PaletteColor color) => Enum.GetName(color)!.ToLowerInvariant();

    internal static IReadOnlyList<string> Singulars(Shape shape) => ShapeSingulars[(int)shape];

    internal static IReadOnlyList<string> Plurals(Shape shape) => ShapePlurals[(int)shape];

    internal static IReadOnlyList<string> Phrases(Relation relation) => RelationPhrases[(int)relation];

    internal static IReadOnlyList<string> Counts(int count) => CountWords[count - 2];

    internal static string Word(this ObjectSize size) => size switch
    {
        ObjectSize.Small => "small",
        ObjectSize.Large => "large",
        _ => "",
    };

    private static string[] BuildVocabulary()
    {
        string[] glue = ["a", "picture", "of", "there", "is", "are", "on", "background", "and", "small", "large"];
        var words = glue
            .Concat(Palette.All.Select(Word))
            .Concat(ShapeSingulars.Concat(ShapePlurals).Concat(CountWords).SelectMany(synonyms => synonyms))
            .Concat(RelationPhrases.SelectMany(phrases => phrases).SelectMany(phrase => phrase.Split(' ')));
        return [.. words.Distinct().Order(StringComparer.Ordinal)];
    }
}
