namespace MuseCluster.Training.ShapesWorld;

/// <summary>The shapes. Each fills the square of side 2r around its centre, r being the half-extent.</summary>
public enum Shape
{
    /// <summary>A disc of radius r.</summary>
    Circle,

    /// <summary>An upright square of side 2r.</summary>
    Square,

    /// <summary>An upright isosceles triangle: apex at the top, base 2r, height 2r.</summary>
    Triangle,

    /// <summary>The points with |dx| + |dy| at most r.</summary>
    Diamond,

    /// <summary>An annulus of outer radius r and inner radius 0.55 r.</summary>
    Ring,

    /// <summary>An upright plus: two bars, each 2r long and 0.7 r wide.</summary>
    Cross,
}
