namespace MuseCluster.Models.Prompts;

/// <summary>Which of a text encoder's states a transformer takes. Families differ in it where the dimensions do not.</summary>
public sealed record TextUse
{
    /// <summary>The input of the encoder's last layer rather than its normalised result, as aMUSEd takes it. Default false.</summary>
    public bool Penultimate { get; init; }

    /// <summary>
    /// Whether what fills a text up to its length counts as text, to the encoder and to the transformer, as in open-muse and aMUSEd,
    /// which mask nothing. Default false.
    /// </summary>
    public bool Padding { get; init; }

    /// <summary>
    /// Whether the empty text is none: nothing of it is attended to, as in the unconditional rows of muse-maskgit-pytorch. Default
    /// false: its end mark is.
    /// </summary>
    public bool EmptyIsNone { get; init; }
}
