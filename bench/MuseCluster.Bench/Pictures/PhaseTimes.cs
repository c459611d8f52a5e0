namespace MuseCluster.Bench.Pictures;

/// <summary>Where the time of pictures made together goes, in seconds of one run.</summary>
/// <param name="Text">Encoding the prompts, and projecting them (and the low-resolution grids) to keys and values.</param>
/// <param name="BasePasses">The base transformer.</param>
/// <param name="BaseRest">Its decoder's own work: guidance, sampling, scoring, masking again.</param>
/// <param name="SuperresPasses">The super-resolution transformer.</param>
/// <param name="SuperresRest">Its decoder's own work.</param>
/// <param name="Pixels">Tokens to pictures.</param>
public sealed record PhaseTimes(double Text, double BasePasses, double BaseRest, double SuperresPasses, double SuperresRest, double Pixels)
{
    /// <summary>All phases.</summary>
    public double Total => Text + BasePasses + BaseRest + SuperresPasses + SuperresRest + Pixels;

    /// <summary>The base decoder: passes and the rest.</summary>
    public double Base => BasePasses + BaseRest;

    /// <summary>The super-resolution decoder: passes and the rest.</summary>
    public double Superres => SuperresPasses + SuperresRest;
}
