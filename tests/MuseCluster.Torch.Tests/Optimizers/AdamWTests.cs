using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Optimizers;

public sealed class AdamWTests
{
    [Fact]
    public void TwoStepsAreTheAlgorithms()
    {
        using var scope = NewDisposeScope();
        using var w = new Parameter(tensor([1.0, -2], [1, 2]));
        using var bias = new Parameter(tensor([0.5]));
        using var optimizer = optim.AdamW([w, bias], lr: 0.1, beta1: 0.9, beta2: 0.99, eps: 1e-8, weight_decay: 0.2);
        double[] x = [1, -2, 0.5], m = new double[3], v = new double[3];
        for (var t = 1; t <= 2; t++)
        {
            double[] g = [0.3 * t, -1, 2];
            w.grad = tensor(g[..2], [1, 2]);
            bias.grad = tensor(g[2..]);
            optimizer.step();
            for (var i = 0; i < 3; i++)
            {
                // A vector does not decay.
                x[i] *= i < 2 ? 1 - (0.1 * 0.2) : 1;
                m[i] = (0.9 * m[i]) + (0.1 * g[i]);
                v[i] = (0.99 * v[i]) + (0.01 * g[i] * g[i]);
                x[i] -= 0.1 * (m[i] / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.99, t))) + 1e-8);
            }
            TensorAssert.Close(w, x[..2], 1e-12);
            TensorAssert.Close(bias, x[2..], 1e-12);
        }
    }

    [Fact]
    public void AParameterWithoutGradientStays()
    {
        using var w = new Parameter(ones(1, 1));
        using var optimizer = optim.AdamW([w]);
        optimizer.step();
        TensorAssert.Close(w, [1]);
    }

    [Fact]
    public void ASavedRunGoesOnBitByBit() => Resumption.IsExact(parameters => optim.AdamW(parameters, lr: 0.01));

    [Fact]
    public void AnIncompleteStateIsRefused()
    {
        using var w = new Parameter(ones(1));
        using var optimizer = optim.AdamW([w]);
        var state = optimizer.state_dict();
        state.Remove("0.exp_avg");
        Assert.Contains("0.exp_avg", Assert.Throws<ArgumentException>(() => optimizer.load_state_dict(state)).Message, StringComparison.Ordinal);
    }
}
