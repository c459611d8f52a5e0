using MuseCluster.Generation.Pictures;

namespace MuseCluster.Training.ShapesWorld;

/// <summary>One object found in a picture. Lengths are fractions of the picture's sides; y grows downwards.</summary>
/// <param name="Color">The palette colour of most of its inner pixels.</param>
/// <param name="ColorShare">The share of its inner pixels that have that colour or lie between it and the background, 0 to 1.</param>
/// <param name="Shape">Its shape, or null where it looks like none.</param>
/// <param name="X">The x of its centroid.</param>
/// <param name="Y">The y of its centroid.</param>
/// <param name="HalfExtent">Half the mean of its width and height.</param>
/// <param name="Area">Its area, as a share of the picture's.</param>
public readonly record struct MeasuredObject(
    PaletteColor Color, double ColorShare, Shape? Shape, double X, double Y, double HalfExtent, double Area);

/// <summary>
/// What is to be seen in a picture of the shapes world: each pixel is given its nearest palette colour, the background is the
/// border's majority, and objects are the connected components of other pixels that hold at least 0.4 % of the picture.
/// </summary>
/// <param name="Background">The background's colour.</param>
/// <param name="Objects">The objects, in the order of their first pixels.</param>
public sealed record SceneMeasurement(PaletteColor Background, IReadOnlyList<MeasuredObject> Objects)
{
    /// <summary>The least share of the picture that an object holds; smaller components are specks.</summary>
    public const double LeastArea = 0.004;

    /// <summary>Measures a picture.</summary>
    /// <param name="picture">A picture of any size from 16x16 pixels; 64x64 and more measure well.</param>
    /// <exception cref="ArgumentException">The picture is smaller than 16x16 pixels.</exception>
    public static SceneMeasurement Measure(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.Width < 16 || picture.Height < 16)
            throw new ArgumentException($"A {picture.Width}x{picture.Height} picture is too small to measure; 16x16 is the least.", nameof(picture));

        var map = PaletteMap.Of(picture);
        var background = map.BorderMajority();
        var backdrop = map.MeanOnBorder(background);
        var components = Component.FindAll(map, background, (int)Math.Ceiling(LeastArea * picture.Width * picture.Height));

        var objects = new MeasuredObject[components.Count];
        for (int i = 0; i < objects.Length; i++)
            objects[i] = Measure(components[i], map, backdrop);
        return new SceneMeasurement(background, objects);
    }

    private static MeasuredObject Measure(Component component, PaletteMap map, MeanColor backdrop)
    {
        var (color, share, mean) = component.InnerColor(map, backdrop);
        var features = ShapeFeatures.Of(component.Coverage(map, mean, backdrop));
        double width = map.Picture.Width, height = map.Picture.Height;
        return new MeasuredObject(
            color,
            share,
            ShapeClassifier.Classify(features),
            (component.Left + features.CenterX) / width,
            (component.Top + features.CenterY) / height,
            ((features.Width / width) + (features.Height / height)) / 4,
            features.Area / (width * height));
    }
}
