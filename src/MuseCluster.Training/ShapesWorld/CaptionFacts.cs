namespace MuseCluster.Training.ShapesWorld;

/// <summary>
/// What a caption claims, told fact by fact in a random order: "square below blue and red above circle" for "a red circle
/// above a blue square". After an object's first word each other one follows from it, whichever came first; an encoder
/// from which that is to be told has to keep with every word of an object its other words and where it stands.
/// </summary>
internal static class CaptionFacts
{
    /// <summary>Tells the facts of captions, in the plainest words: objects in a random order, and each one's words in another.</summary>
    /// <param name="captions">The captions.</param>
    /// <param name="random">Where the order comes from.</param>
    internal static string Write(IEnumerable<Caption> captions, ref SceneRandom random)
    {
        var things = new List<List<string>>();
        foreach (var caption in captions)
        {
            for (var i = 0; i < caption.Objects.Count; i++)
                things.Add(Words(caption.Objects[i], i == 0 ? caption.Relation : caption.Relation?.Inverse()));
            if (caption.Background is { } background)
                things.Add([background.Word(), "background"]);
        }

        foreach (var words in things)
            Shuffle(words, ref random);
        Shuffle(things, ref random);
        return string.Join(" and ", things.Select(words => string.Join(' ', words)));
    }

    private static List<string> Words(ObjectClaim claim, Relation? relation)
    {
        List<string> words = [claim.Color.Word(), CaptionWords.Singulars(claim.Shape)[0]];
        if (claim.Size != ObjectSize.Medium)
            words.Add(claim.Size.Word());
        if (claim.Count > 1)
            words.Add(CaptionWords.Counts(claim.Count)[0]);
        if (relation is { } side)
            words.Add(CaptionWords.Phrases(side)[0].Split(' ')[0]);
        return words;
    }

    // Fisher and Yates: every order is as likely.
    private static void Shuffle<T>(List<T> list, ref SceneRandom random)
    {
        for (var i = list.Count - 1; i > 0; i--)
        {
            var j = random.Next(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }
}
