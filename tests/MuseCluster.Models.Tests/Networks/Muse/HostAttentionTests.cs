using MuseCluster.Models.Networks;
using MuseCluster.Models.Networks.Muse;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Tests.Networks.Muse;

public sealed class HostAttentionTests
{
    [Theory]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(6, 2)]
    [InlineData(9, 1)]
    public void LogitsAreThoseOfLibtorchsOperators(int grid, int threads)
    {
        var before = get_num_threads();
        set_num_threads(threads);
        try
        {
            manual_seed(grid);
            using var scope = NewDisposeScope();
            using var network = new BaseTransformer(new BaseTransformerConfig
            {
                CodebookSize = 40, GridSize = grid, TextDim = 12, TextLength = 19, Dim = 128, Layers = 2, Heads = 4, MlpDim = 96, TokenDim = 24,
            });
            var mask = ones([6, 19], dtype: @bool);
            mask.narrow(1, 11, 8).fill_(0);
            var tokens = randint(41, [3, grid * grid], int64);
            var layout = new RowLayout(3, 2, grid * grid, (2 * grid * grid) + 3);
            Tensor Logits() => network.Logits(tokens, layout, network.Condition(randn(6, 19, 12), mask), null);

            // With gradients libtorch's operators run, without them the host's own.
            manual_seed(1);
            var expected = Logits().detach();
            using var guard = no_grad();
            manual_seed(1);
            var actual = Logits();

            Assert.True(allclose(expected, actual, rtol: 1e-4, atol: 1e-5));
        }
        finally
        {
            set_num_threads(before);
        }
    }
}
