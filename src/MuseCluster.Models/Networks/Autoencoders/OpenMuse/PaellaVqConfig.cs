using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.Autoencoders.OpenMuse;

/// <summary>
/// The configuration of open-muse's <c>PaellaVQModel</c> (<c>muse/modeling_paella_vq.py</c>), under the names of its
/// <c>config.json</c> and with the reference's defaults.
/// </summary>
public sealed record PaellaVqConfig
{
    private const string Network = "open-muse PaellaVQModel";

    /// <summary><c>levels</c>: resolutions, each half of the one before; the first is half of the picture's.</summary>
    public int Levels { get; init; } = 2;

    /// <summary><c>bottleneck_blocks</c>: residual blocks of the decoder's lowest resolution.</summary>
    public int BottleneckBlocks { get; init; } = 12;

    /// <summary><c>c_hidden</c>: channels of the lowest resolution; each one above has half as many.</summary>
    public int CHidden { get; init; } = 384;

    /// <summary><c>c_latent</c>: dimensions of a code.</summary>
    public int CLatent { get; init; } = 4;

    /// <summary><c>codebook_size</c>: number of codes.</summary>
    public int CodebookSize { get; init; } = 8192;

    /// <summary><c>scale_factor</c>: what codes are divided by where the reference hands them out, and multiplied by where it takes them.</summary>
    public double ScaleFactor { get; init; } = 0.3764;

    /// <summary>What has to be known of it to decode grids.</summary>
    public PixelDecoderShape Shape => new(CodebookSize, 2 << (Levels - 1), PixelRange.UnitTruncated);

    /// <summary>Channels of each level, that of the most pixels first.</summary>
    internal int[] Channels => [.. Enumerable.Range(0, Levels).Select(level => CHidden >> (Levels - 1 - level))];

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a network; lists every field that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PaellaVqConfig Read(string path) => ConfigFields.Read(path, Network, Read, (config, problems) => config.Check(problems));

    /// <summary>Reads a configuration that is part of another file.</summary>
    /// <param name="root">The configuration.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">It is not such a network; lists every field that is wrong.</exception>
    public static PaellaVqConfig Read(JsonElement root, string file) => ConfigFields.Read(root, file, Network, Read, (config, problems) => config.Check(problems));

    /// <summary>Checks that the network can be built.</summary>
    /// <exception cref="ConfigException">It cannot; every field that is wrong is named.</exception>
    public void Validate()
    {
        var problems = new ConfigProblems();
        Check(problems);
        problems.Throw(Network);
    }

    private static PaellaVqConfig Read(ConfigFields fields)
    {
        fields.Only("_class_name", "PaellaVQModel");
        var defaults = new PaellaVqConfig();
        return new PaellaVqConfig
        {
            Levels = fields.Whole("levels", defaults.Levels),
            BottleneckBlocks = fields.Whole("bottleneck_blocks", defaults.BottleneckBlocks),
            CHidden = fields.Whole("c_hidden", defaults.CHidden),
            CLatent = fields.Whole("c_latent", defaults.CLatent),
            CodebookSize = fields.Whole("codebook_size", defaults.CodebookSize),
            ScaleFactor = fields.Number("scale_factor", defaults.ScaleFactor),
        };
    }

    private void Check(ConfigProblems problems)
    {
        problems.Levels("levels", Levels);
        problems.Blocks("bottleneck_blocks", BottleneckBlocks, least: 0);
        problems.Channels("c_hidden", CHidden);
        problems.Channels("c_latent", CLatent);
        problems.Range("codebook_size", CodebookSize, 2, 65535);
        if (Levels is > 0 and < 31 && CHidden >> (Levels - 1) < 1)
            problems.Add("c_hidden", $"c_hidden is {CHidden}; it must be at least {1 << (Levels - 1)} for {Levels} levels");
        problems.Scale("scale_factor", ScaleFactor);
    }
}
