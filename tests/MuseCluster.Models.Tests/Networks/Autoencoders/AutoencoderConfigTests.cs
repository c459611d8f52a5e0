using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Autoencoders.Diffusers;
using MuseCluster.Models.Networks.Autoencoders.OpenMuse;
using MuseCluster.Models.Networks.Autoencoders.Taming;
using MuseCluster.Models.Tests.Checkpoints;

namespace MuseCluster.Models.Tests.Networks.Autoencoders;

public sealed class AutoencoderConfigTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("amused_vq_a", "\"act_fn\": \"silu\"", "\"act_fn\": \"mish\"", "act_fn is '\"mish\"'; expected 'silu' or 'swish'")]
    [InlineData("amused_vq_a", "\"norm_type\": \"group\"", "\"norm_type\": \"spatial\"", "norm_type is '\"spatial\"'")]
    [InlineData("amused_vq_a", "\"VQModel\"", "\"AutoencoderKL\"", "_class_name is '\"AutoencoderKL\"'; expected 'VQModel'")]
    [InlineData("autoencoder_kl_tiny", "\"scaling_factor\": 0.18215", "\"scaling_factor\": 1e999", "scaling_factor is")]
    [InlineData("amused_vq_a", "\"norm_num_groups\": 4", "\"norm_num_groups\": 5", "block_out_channels gives, with norm_num_groups, a level of 8 channels; it must be a multiple of 5")]
    [InlineData("amused_vq_a", "\"layers_per_block\": 2", "\"layers_per_block\": 2.5", "layers_per_block is '2.5'; expected a whole number")]
    [InlineData("amused_vq_a", "\"num_vq_embeddings\": 64", "\"num_vq_embeddings\": 1", "num_vq_embeddings is 1")]
    [InlineData("amused_vq_a", "\"DownEncoderBlock2D\",", "", "down_block_types has 1 elements and block_out_channels 3")]
    [InlineData("amused_vq_a", "\"UpDecoderBlock2D\"", "\"ResnetUpBlock\"", "up_block_types is '")]
    [InlineData("autoencoder_kl_tiny", "\"AutoencoderKL\"", "\"VQModel\"", "_class_name is '\"VQModel\"'")]
    [InlineData("autoencoder_kl_tiny", "\"latent_channels\": 4", "\"latent_channels\": 0", "latent_channels is 0")]
    [InlineData("openmuse_maskgit_vqgan_a", "\"z_channels\": 8", "\"z_channels\": 9", "quantized_embed_dim is 8 and z_channels 9")]
    [InlineData("openmuse_maskgit_vqgan_a", "\"hidden_channels\": 32", "\"hidden_channels\": 48", "hidden_channels gives a level of 48 channels; it must be a multiple of 32")]
    [InlineData("openmuse_vqgan_a", "\"channel_mult\": [", "\"channel_mult\": [ \"x\",", "channel_mult is '")]
    [InlineData("openmuse_vqgan_a", "\"resolution\": 16", "\"resolution\": 16, \"decoder_channel_mult\": [1]", "decoder_channel_mult has 1 elements and channel_mult 2")]
    [InlineData("openmuse_paella_vq_a", "\"levels\": 2", "\"levels\": 6", "c_hidden is 16; it must be at least 32")]
    [InlineData("openmuse_paella_vq_a", "\"scale_factor\": 0.3764", "\"scale_factor\": 0", "scale_factor is 0")]
    [InlineData("taming_vqgan_a", "taming.models.vqgan.VQModel", "taming.models.vqgan.GumbelVQ", "model.target is '")]
    [InlineData("taming_vqgan_a", "\"dropout\"", "\"attn_type\": \"linear\", \"dropout\"", "model.params.ddconfig.attn_type is 'linear'; expected 'vanilla' or 'none'")]
    [InlineData("taming_vqgan_a", "\"dropout\"", "\"tanh_out\": true, \"dropout\"", "model.params.ddconfig.tanh_out is true; expected false")]
    [InlineData("taming_vqgan_a", "\"double_z\": false", "\"double_z\": true", "model.params.ddconfig.double_z is true")]
    [InlineData("taming_vqgan_a", "\"double_z\": false,", "", "model.params.ddconfig.double_z is true where it is missing")]
    [InlineData("taming_vqgan_a", "\"n_embed\": 64", "\"n_embed\": 64, \"remap\": \"used.npy\"", "model.params.remap is '")]
    [InlineData("taming_vqgan_a", "\"ch\": 32,", "", "model.params.ddconfig.ch is missing")]
    [InlineData("taming_vqgan_a", "\"ddconfig\"", "\"other\"", "model.params.ddconfig is missing")]
    public void AWrongFieldIsNamedWithItsFile(string name, string find, string replace, string message)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Golden(name), "config.json"));
        int at = text.IndexOf(find, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{find} is not in the file");
        string path = folder.Write("config.json", replace.Length == 0 && find.Contains("Block2D", StringComparison.Ordinal)
            ? text.Replace(find, replace, StringComparison.Ordinal)
            : text[..at] + replace + text[(at + find.Length)..]);

        var error = Assert.Throws<CheckpointException>(() => Read(name, path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryWrongFieldIsNamedAtOnce()
    {
        string path = folder.Write("config.json", """{"act_fn": "relu", "in_channels": 0, "latent_channels": true, "norm_num_groups": 5}""");
        Assert.Equal(4, Assert.Throws<CheckpointException>(() => DiffusersVqConfig.Read(path)).Problems.Count);

        var refused = Assert.Throws<ConfigException>(() => new OpenMuseVqGan(new OpenMuseVqGanConfig { NumChannels = 0, ChannelMult = [], ZChannels = -1 }));
        Assert.All(new[] { "num_channels", "channel_mult", "z_channels" }, field => Assert.Contains(field, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void AbsentFieldsHaveTheReferencesDefaults()
    {
        DiffusersVqConfig vq = DiffusersVqConfig.Read(folder.Write("vq.json", "{}"));
        Assert.Equal((3, 256, 3, true), (vq.LatentChannels, vq.NumVqEmbeddings, vq.CodeSize, vq.MidBlockAddAttention));
        AutoencoderKlConfig kl = AutoencoderKlConfig.Read(folder.Write("kl.json", "{}"));
        Assert.Equal((4, 32, true), (kl.LatentChannels, kl.NormNumGroups, kl.UseQuantConv));
        OpenMuseVqGanConfig vqgan = OpenMuseVqGanConfig.Read(folder.Write("vqgan.json", "{}"));
        Assert.Equal((256, 128, 1024), (vqgan.Resolution, vqgan.HiddenChannels, vqgan.NumEmbeddings));
        Assert.Equal([1, 1, 2, 2, 4], vqgan.ChannelMult);
        PaellaVqConfig paella = PaellaVqConfig.Read(folder.Write("paella.json", "{}"));
        Assert.Equal((2, 12, 384, 4, 8192, 0.3764), (paella.Levels, paella.BottleneckBlocks, paella.CHidden, paella.CLatent, paella.CodebookSize, paella.ScaleFactor));
    }

    private static object Read(string name, string path) => name switch
    {
        "amused_vq_a" => DiffusersVqConfig.Read(path),
        "autoencoder_kl_tiny" => AutoencoderKlConfig.Read(path),
        "openmuse_maskgit_vqgan_a" => MaskGitVqGanConfig.Read(path),
        "openmuse_vqgan_a" => OpenMuseVqGanConfig.Read(path),
        "openmuse_paella_vq_a" => PaellaVqConfig.Read(path),
        _ => TamingVqConfig.Read(path),
    };
}
