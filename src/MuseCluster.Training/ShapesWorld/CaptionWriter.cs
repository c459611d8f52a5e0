using System.Text;

namespace MuseCluster.Training.ShapesWorld;

/// <summary>Puts claims into words, in the grammar of shapes-world.md.</summary>
internal static class CaptionWriter
{
    /// <summary>The plainest words.</summary>
    public static string Write(Caption caption)
    {
        var unused = new SceneRandom(0, 0);
        return Write(caption, ref unused, 0);
    }

    /// <summary>Words of which each choice departs from the plainest with the given probability.</summary>
    public static string Write(Caption caption, ref SceneRandom random, double probability)
    {
        var text = new StringBuilder();
        bool plural = caption.Kind == CaptionKind.Counted;

        if (random.NextChance(probability))
            text.Append(random.Next(2) == 0 ? "a picture of " : plural ? "there are " : "there is ");

        var first = caption.Objects[0];
        if (plural)
        {
            text.Append(Choose(CaptionWords.Counts(first.Count), ref random, probability)).Append(' ');
            AppendKind(text, first, CaptionWords.Plurals(first.Shape), ref random, probability);
        }
        else
        {
            AppendSingle(text, first, ref random, probability);
        }

        if (caption.Kind is CaptionKind.Related or CaptionKind.Pair)
        {
            string joint = caption.Relation is { } relation ? Choose(CaptionWords.Phrases(relation), ref random, probability) : "and";
            text.Append(' ').Append(joint).Append(' ');
            AppendSingle(text, caption.Objects[1], ref random, probability);
        }

        if (caption.Background is { } background)
            text.Append(" on a ").Append(background.Word()).Append(" background");

        return text.ToString();
    }

    private static void AppendSingle(StringBuilder text, ObjectClaim claim, ref SceneRandom random, double probability)
    {
        text.Append("a ");
        AppendKind(text, claim, CaptionWords.Singulars(claim.Shape), ref random, probability);
    }

    private static void AppendKind(
        StringBuilder text, ObjectClaim claim, IReadOnlyList<string> nouns, ref SceneRandom random, double probability)
    {
        if (claim.Size != ObjectSize.Medium)
            text.Append(claim.Size.Word()).Append(' ');
        text.Append(claim.Color.Word()).Append(' ').Append(Choose(nouns, ref random, probability));
    }

    private static string Choose(IReadOnlyList<string> synonyms, ref SceneRandom random, double probability) =>
        synonyms.Count > 1 && random.NextChance(probability) ? synonyms[1 + random.Next(synonyms.Count - 1)] : synonyms[0];
}
