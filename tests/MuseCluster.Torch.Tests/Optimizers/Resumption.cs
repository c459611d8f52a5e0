using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Optimizers;

/// <summary>Trains with and without an interruption.</summary>
internal static class Resumption
{
    public static void IsExact(Func<IEnumerable<Parameter>, optim.Optimizer> make)
    {
        using var whole = Net();
        using var wholeOptimizer = make(whole.parameters());
        Train(whole, wholeOptimizer, 0, 10);

        using var first = Net();
        using var firstOptimizer = make(first.parameters());
        Train(first, firstOptimizer, 0, 4);
        using var second = Net();
        using var secondOptimizer = make(second.parameters());
        second.load_state_dict(first.state_dict());
        secondOptimizer.load_state_dict(Copied(firstOptimizer.state_dict()));
        Train(second, secondOptimizer, 4, 10);

        foreach (var (key, tensor) in whole.state_dict())
            Assert.Equal(tensor.ToArray<float>(), second.state_dict()[key].ToArray<float>());
        foreach (var (key, tensor) in wholeOptimizer.state_dict())
            Assert.True(tensor.equal(secondOptimizer.state_dict()[key]), key);
    }

    private static nn.Module<Tensor, Tensor> Net()
    {
        manual_seed(11);
        return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2));
    }

    private static void Train(nn.Module<Tensor, Tensor> net, optim.Optimizer optimizer, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            using var scope = NewDisposeScope();
            manual_seed(100 + i);
            optimizer.zero_grad();
            nn.functional.mse_loss(net.call(randn(4, 3)), randn(4, 2)).backward();
            optimizer.step();
        }
    }

    private static Dictionary<string, Tensor> Copied(Dictionary<string, Tensor> state) => state.ToDictionary(s => s.Key, s => s.Value.clone());
}
