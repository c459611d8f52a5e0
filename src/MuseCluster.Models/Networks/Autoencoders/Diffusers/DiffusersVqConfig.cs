using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Networks.Autoencoders.Diffusers;

/// <summary>The configuration of diffusers' <c>VQModel</c> (<c>models/vq_model.py</c>), the autoencoder of aMUSEd.</summary>
public sealed record DiffusersVqConfig : DiffusersAutoencoderConfig
{
    private const string Network = "diffusers VQModel";

    /// <summary>A configuration with the reference's defaults.</summary>
    public DiffusersVqConfig() => LatentChannels = 3;

    /// <summary><c>num_vq_embeddings</c>: number of codes.</summary>
    public int NumVqEmbeddings { get; init; } = 256;

    /// <summary><c>vq_embed_dim</c>: dimensions of a code; null for <see cref="DiffusersAutoencoderConfig.LatentChannels"/>.</summary>
    public int? VqEmbedDim { get; init; }

    /// <summary>What has to be known of it to decode grids.</summary>
    public PixelDecoderShape Shape => new(NumVqEmbeddings, 1 << (BlockOutChannels.Count - 1), PixelRange.Unit);

    /// <summary>Dimensions of a code.</summary>
    public int CodeSize => VqEmbedDim ?? LatentChannels;

    /// <summary>Reads a <c>config.json</c>.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="CheckpointException">It is not JSON or not such a network; lists every field that is wrong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static DiffusersVqConfig Read(string path) => ConfigFields.Read(path, Network, Read, (config, problems) => config.Check(problems));

    /// <summary>Reads a configuration that is part of another file.</summary>
    /// <param name="root">The configuration.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">It is not such a network; lists every field that is wrong.</exception>
    public static DiffusersVqConfig Read(JsonElement root, string file) => ConfigFields.Read(root, file, Network, Read, (config, problems) => config.Check(problems));

    /// <summary>Checks that the network can be built.</summary>
    /// <exception cref="ConfigException">It cannot; every field that is wrong is named.</exception>
    public void Validate()
    {
        var problems = new ConfigProblems();
        Check(problems);
        problems.Throw(Network);
    }

    internal override void Check(ConfigProblems problems)
    {
        base.Check(problems);
        problems.Range("num_vq_embeddings", NumVqEmbeddings, 2, 65535);
        problems.Channels("vq_embed_dim", CodeSize);
    }

    private static DiffusersVqConfig Read(ConfigFields fields)
    {
        // "spatial" is MoVQ, whose decoder is also given the codes at every normalisation.
        fields.Only("norm_type", "group");
        return new DiffusersVqConfig().Read<DiffusersVqConfig>(fields, "VQModel") with
        {
            NumVqEmbeddings = fields.Whole("num_vq_embeddings", 256),
            VqEmbedDim = fields.OptionalWhole("vq_embed_dim"),
        };
    }
}
