namespace MuseCluster.Training.ShapesWorld;

/// <summary>The colours of the shapes world; <see cref="Palette"/> gives their RGB values.</summary>
public enum PaletteColor
{
    /// <summary>RGB 214 39 40.</summary>
    Red,

    /// <summary>RGB 255 127 14.</summary>
    Orange,

    /// <summary>RGB 247 220 60.</summary>
    Yellow,

    /// <summary>RGB 44 160 44.</summary>
    Green,

    /// <summary>RGB 31 90 200.</summary>
    Blue,

    /// <summary>RGB 148 60 189.</summary>
    Purple,

    /// <summary>RGB 250 250 250.</summary>
    White,

    /// <summary>RGB 20 20 20.</summary>
    Black,

    /// <summary>RGB 128 128 128; a background only.</summary>
    Gray,
}
