namespace MuseCluster.Models.Networks;

/// <summary>What numbers a family's autoencoder has for pixels, and how its reference makes bytes of them.</summary>
public enum PixelRange
{
    /// <summary>-1 to 1, rounded: Muse's here, and taming's.</summary>
    Symmetric,

    /// <summary>0 to 1, rounded: aMUSEd's.</summary>
    Unit,

    /// <summary>0 to 1, cut off: open-muse's.</summary>
    UnitTruncated,
}
