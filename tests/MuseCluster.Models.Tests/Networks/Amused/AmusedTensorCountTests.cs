using MuseCluster.Models.Networks.Amused;
using MuseCluster.Models.Networks.Clip;
using MuseCluster.Models.Tests.Networks.Clip;
using MuseCluster.Models.Tests.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Amused;

[Collection(nameof(NetworkTests))]
public sealed class AmusedTensorCountTests
{
    [Fact]
    public void LoadingAndEncodingLeaveNothingBehind() => TensorCount.IsKept(() =>
    {
        using ClipTextEncoder encoder = ClipTextGoldenTests.Load(Repository.Golden("clip_text_a_legacy_eos"));
        using Tensor ids = zeros([2, 7], int64), mask = ones([2, 7], int64);
        ClipTextOutput output = encoder.forward(ids, mask);
        foreach (Tensor tensor in output.HiddenStates.Concat([output.LastHiddenState, output.PooledOutput, output.TextEmbeds!]))
            tensor.Dispose();
    });

    [Theory]
    [InlineData("amused_uvit_a_256like", "diffusion_pytorch_model.safetensors")]
    [InlineData("openmuse_uvit_v2_a", "pytorch_model.safetensors")]
    public void LoadingAndRunningTheTransformerLeaveNothingBehind(string golden, string file) => TensorCount.IsKept(() =>
    {
        using UVit2DModel model = UVit2DGoldenTests.Load(golden, file);
        using Tensor ids = zeros([2, 4, 6], int64), text = ones(2, 3, 20), pooled = ones(2, 24), micro = ones(2, 5);
        model.forward(ids, text, pooled, micro).Dispose();
    });
}
