using System.Text.Json.Nodes;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Amused;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Bench.Amused;

/// <summary>
/// A folder as diffusers writes it, with a U-ViT of random weights: speed depends on none of them as long as every number
/// stays finite and normal. A temporary folder is gone when this is disposed.
/// </summary>
public sealed class RandomUVit : IDisposable
{
    private const long Seed = 1;
    private readonly bool _temporary;

    private RandomUVit(string folder, bool temporary) => (Folder, _temporary) = (folder, temporary);

    /// <summary>The folder: <c>config.json</c> and <c>diffusion_pytorch_model.safetensors</c>.</summary>
    public string Folder { get; }

    /// <summary>The weights' file.</summary>
    public string WeightsFile => Path.Combine(Folder, "diffusion_pytorch_model.safetensors");

    /// <summary>Bytes of the weights' file.</summary>
    public long Bytes => new FileInfo(WeightsFile).Length;

    /// <summary>Writes a network, one tensor in memory at a time.</summary>
    /// <param name="config">The network, one of diffusers.</param>
    /// <param name="folder">Where to; null for a temporary folder.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public static RandomUVit Create(UVit2DConfig config, string? folder, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(config);
        var made = folder is null
            ? new RandomUVit(Directory.CreateTempSubdirectory("muse-bench-").FullName, temporary: true)
            : new RandomUVit(Directory.CreateDirectory(folder).FullName, temporary: false);
        try
        {
            File.WriteAllText(Path.Combine(made.Folder, "config.json"), Json(config).ToJsonString());
            manual_seed(Seed);
            using var network = new UVit2DModel(config);
            SafetensorsWriter.Write(
                made.WeightsFile, network.state_dict().Select(t => Source(t.Key, t.Value.shape)).ToList(), metadata: null, cancellation);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Loads the network as every command does.</summary>
    public UVit2DModel Load()
    {
        var config = UVit2DConfig.Read(Path.Combine(Folder, "config.json"));
        using var checkpoint = Checkpoint.Open(WeightsFile);
        return UVit2DCheckpoint.Load(config, checkpoint);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_temporary)
            Directory.Delete(Folder, recursive: true);
    }

    private static TensorSource Source(string name, long[] shape) => new(name, TensorDType.F32, shape, stream =>
    {
        // As PyTorch initialises: within 1 / sqrt(inputs) for what multiplies a vector, around 1 for what scales one number.
        using var values = shape.Length switch
        {
            1 => nn.init.uniform_(empty(shape), 0.9, 1.1),
            4 when shape[0] == 1 && shape[1] == 1 => nn.init.uniform_(empty(shape), -0.1, 0.1),
            _ => nn.init.uniform_(empty(shape), -Bound(shape), Bound(shape)),
        };
        stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.data<float>()));
    });

    private static double Bound(long[] shape) => 1 / Math.Sqrt(shape.Skip(1).Aggregate(1L, (product, size) => product * size));

    private static JsonObject Json(UVit2DConfig config) => new()
    {
        ["_class_name"] = "UVit2DModel",
        ["hidden_size"] = config.HiddenSize,
        ["use_bias"] = config.UseBias,
        ["cond_embed_dim"] = config.CondEmbedDim,
        ["micro_cond_encode_dim"] = config.MicroCondEncodeDim,
        ["micro_cond_embed_dim"] = config.MicroCondEmbedDim,
        ["encoder_hidden_size"] = config.EncoderHiddenSize,
        ["vocab_size"] = config.VocabSize,
        ["codebook_size"] = config.CodebookSize,
        ["in_channels"] = config.InChannels,
        ["block_out_channels"] = config.BlockOutChannels,
        ["num_res_blocks"] = config.NumResBlocks,
        ["downsample"] = config.Downsample,
        ["upsample"] = config.Upsample,
        ["block_num_heads"] = config.BlockNumHeads,
        ["num_hidden_layers"] = config.NumHiddenLayers,
        ["num_attention_heads"] = config.NumAttentionHeads,
        ["intermediate_size"] = config.IntermediateSize,
        ["layer_norm_eps"] = config.LayerNormEps,
        ["ln_elementwise_affine"] = config.LnElementwiseAffine,
        ["sample_size"] = config.SampleSize,
    };
}
