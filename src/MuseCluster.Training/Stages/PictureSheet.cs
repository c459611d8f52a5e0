using MuseCluster.Generation.Pictures;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Stages;

/// <summary>Rows of pictures, without captions, for looking at a run.</summary>
internal static class PictureSheet
{
    /// <summary>Draws pictures side by side, one row per tensor.</summary>
    /// <param name="rows">Each [columns, 3, H, W] in about [-1, 1].</param>
    /// <param name="columns">Pictures per row.</param>
    internal static Picture Of(IReadOnlyList<Tensor> rows, int columns)
    {
        var (height, width) = ((int)rows[0].size(2), (int)rows[0].size(3));
        var sheet = new byte[rows.Count * height * columns * width * 3];
        for (var r = 0; r < rows.Count; r++)
        {
            var planes = rows[r].ToArray<float>();
            for (var c = 0; c < columns; c++)
            {
                var picture = PlanarPicture.Read(width, height, planes.AsSpan(c * 3 * height * width, 3 * height * width));
                for (var y = 0; y < height; y++)
                    picture.Pixels.Slice(y * width * 3, width * 3).CopyTo(sheet.AsSpan(((((r * height) + y) * columns) + c) * width * 3));
            }
        }
        return new Picture(columns * width, rows.Count * height, sheet);
    }
}
