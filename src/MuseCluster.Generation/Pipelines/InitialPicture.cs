using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Randomness;
using MuseCluster.Models.Networks;

namespace MuseCluster.Generation.Pipelines;

/// <summary>
/// A picture to start from (image-to-image): a share of its tokens is masked, and decoding goes on where so many are unknown
/// (diffusers' <c>pipelines/amused/pipeline_amused_img2img.py</c> and <c>AmusedScheduler.add_noise</c>).
/// </summary>
/// <param name="Grid">Its codes, row-major.</param>
/// <param name="Strength">How much of it may change: the share of the steps that are made. Above 0, at most 1: at 1 nothing of it is left.</param>
public sealed record InitialPicture(ushort[] Grid, double Strength)
{
    /// <summary>Steps that are made.</summary>
    /// <param name="steps">Steps from nothing known to everything.</param>
    public int StepsOf(int steps) => Math.Max(1, (int)(steps * Strength));

    /// <summary>The picture with some of its tokens masked, at the step where decoding goes on.</summary>
    /// <param name="shape">The network's shape, at the picture's grid.</param>
    /// <param name="options">How it is decoded.</param>
    /// <param name="random">Its randomness. What it draws for the step before the first one made says which tokens are masked.</param>
    /// <exception cref="ArgumentException">The grid is none of the network's.</exception>
    public PartialPicture Mask(MaskedTransformerShape shape, DecodingOptions options, ITokenRandom random)
    {
        if (Grid.Length != shape.Tokens || Array.Exists(Grid, code => code >= shape.CodebookSize))
            throw new ArgumentException($"Initial.Grid must be {shape.Tokens} codes below {shape.CodebookSize}, as the picture's size has it.");
        var start = options.Steps - StepsOf(options.Steps);
        var share = start == 0 ? 1 : options.MaskedShareAfter(start - 1, shape.Tokens);
        var masked = new ushort[Grid.Length];
        for (var i = 0; i < masked.Length; i++)
            masked[i] = start == 0 || random.Draw(start - 1, i).Token < share ? (ushort)shape.MaskId : Grid[i];
        return new PartialPicture(masked, start);
    }
}
