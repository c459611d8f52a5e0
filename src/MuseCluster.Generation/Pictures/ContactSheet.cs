namespace MuseCluster.Generation.Pictures;

/// <summary>One picture of a contact sheet.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="Caption">What stands under it; may be empty.</param>
/// <param name="Right">True for a green frame, false for a red one, null for a pale one.</param>
public sealed record ContactSheetItem(Picture Picture, string Caption, bool? Right = null);

/// <summary>How a contact sheet looks.</summary>
public sealed class ContactSheetOptions
{
    /// <summary>Pictures per row, at least 1. Default 8.</summary>
    public int Columns { get; init; } = 8;

    /// <summary>How many times pictures are enlarged, at least 1. Default 1.</summary>
    public int Zoom { get; init; } = 1;

    /// <summary>The greatest number of lines under a picture. Default 3.</summary>
    public int CaptionLines { get; init; } = 3;

    /// <summary>A line over the pictures; none by default.</summary>
    public string Title { get; init; } = "";
}

/// <summary>Lays pictures out in a grid with their captions under them.</summary>
public static class ContactSheet
{
    private const int Margin = 10;
    private const int Gap = 12;
    private const int FrameThickness = 3;
    private static readonly Rgb Paper = new(255, 255, 255);
    private static readonly Rgb Ink = new(40, 40, 40);
    private static readonly Rgb RightFrame = new(30, 150, 70);
    private static readonly Rgb WrongFrame = new(205, 35, 35);
    private static readonly Rgb PaleFrame = new(208, 208, 208);

    /// <summary>Draws a sheet. All cells have the size of the greatest picture.</summary>
    /// <param name="items">The pictures, at least one.</param>
    /// <param name="options">How it looks; the defaults where null.</param>
    /// <exception cref="ArgumentException">There are no pictures.</exception>
    public static Picture Draw(IReadOnlyList<ContactSheetItem> items, ContactSheetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        options ??= new ContactSheetOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Columns, 1, nameof(options.Columns));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Zoom, 1, nameof(options.Zoom));
        ArgumentOutOfRangeException.ThrowIfNegative(options.CaptionLines, nameof(options.CaptionLines));
        if (items.Count == 0)
            throw new ArgumentException("A contact sheet needs at least one picture.", nameof(items));

        int columns = Math.Min(options.Columns, items.Count), rows = (items.Count + columns - 1) / columns;
        int cellWidth = (items.Max(item => item.Picture.Width) * options.Zoom) + (2 * FrameThickness);
        int pictureHeight = (items.Max(item => item.Picture.Height) * options.Zoom) + (2 * FrameThickness);
        var captions = items.Select(item => Wrap(item.Caption, cellWidth, options.CaptionLines)).ToArray();
        int captionHeight = captions.Max(lines => lines.Count) is var most and > 0 ? 4 + (most * BitmapFont.LineHeight) : 0;
        int titleHeight = options.Title.Length > 0 ? (2 * BitmapFont.LineHeight) + 6 : 0;

        int titleWidth = BitmapFont.Measure(options.Title) * 2;
        var canvas = new PictureCanvas(
            (2 * Margin) + Math.Max(titleWidth, (columns * (cellWidth + Gap)) - Gap),
            (2 * Margin) + titleHeight + (rows * (pictureHeight + captionHeight + Gap)) - Gap,
            Paper);
        canvas.Write(options.Title, Margin, Margin, Ink, scale: 2);

        for (int i = 0; i < items.Count; i++)
        {
            int x = Margin + (i % columns * (cellWidth + Gap));
            int y = Margin + titleHeight + (i / columns * (pictureHeight + captionHeight + Gap));
            DrawItem(canvas, items[i], options.Zoom, x, y);
            for (int line = 0; line < captions[i].Count; line++)
                canvas.Write(captions[i][line], x, y + pictureHeight + 4 + (line * BitmapFont.LineHeight), Ink);
        }

        return canvas.ToPicture();
    }

    private static IReadOnlyList<string> Wrap(string caption, int width, int lines) =>
        lines == 0 ? [] : BitmapFont.Wrap(caption, width, lines);

    private static void DrawItem(PictureCanvas canvas, ContactSheetItem item, int zoom, int x, int y)
    {
        var picture = zoom == 1 ? item.Picture : item.Picture.ResizeNearest(item.Picture.Width * zoom, item.Picture.Height * zoom);
        var frame = item.Right switch { true => RightFrame, false => WrongFrame, null => PaleFrame };
        canvas.Fill(x, y, picture.Width + (2 * FrameThickness), picture.Height + (2 * FrameThickness), frame);
        canvas.Paste(picture, x + FrameThickness, y + FrameThickness);
    }
}
