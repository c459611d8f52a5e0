namespace MuseCluster.Generation.Decoding;

/// <summary>Whose rules a picture's steps follow: how guidance and temperature change, and which tokens are masked again.</summary>
public enum DecodingRule
{
    /// <summary>Muse's (arXiv 2301.00704, section 2.7), which are MaskGIT's (arXiv 2202.04200, section 3.2).</summary>
    Muse,

    /// <summary>aMUSEd's (arXiv 2401.01808): those of <c>AmusedScheduler</c> in diffusers' <c>schedulers/scheduling_amused.py</c>.</summary>
    Amused,
}
