using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Optimizers;

public sealed class AdafactorTests
{
    private static readonly double[] First = [0.1, -0.4, 0.2, 0.8, 0.05, -0.6], Second = [-0.3, 0.2, 0.7, 0.1, -0.9, 0.4];

    // Algorithm 4 of the paper, element by element, for a [2, 3] matrix.
    private sealed class Reference(double[] x)
    {
        private readonly double[] _row = new double[2], _column = new double[3], _mean = new double[6];
        private int _t;

        public double[] X { get; } = [.. x];

        public void Step(double[] g, Func<int, double> rate, double clip = 1, double? beta1 = null, double decay = 0, bool scale = true)
        {
            _t++;
            var beta2 = 1 - Math.Pow(_t, -0.8);
            for (var i = 0; i < 2; i++)
                _row[i] = (beta2 * _row[i]) + ((1 - beta2) * Enumerable.Range(0, 3).Average(j => (g[(3 * i) + j] * g[(3 * i) + j]) + 1e-30));
            for (var j = 0; j < 3; j++)
                _column[j] = (beta2 * _column[j]) + ((1 - beta2) * Enumerable.Range(0, 2).Average(i => (g[(3 * i) + j] * g[(3 * i) + j]) + 1e-30));
            var u = Enumerable.Range(0, 6).Select(k => g[k] / Math.Sqrt(_row[k / 3] * _column[k % 3] / _row.Average())).ToArray();
            var alpha = rate(_t) * (scale ? Math.Max(1e-3, Rms(X)) : 1);
            var shrink = Math.Max(1, Rms(u) / clip);
            for (var k = 0; k < 6; k++)
            {
                var update = alpha * u[k] / shrink;
                if (beta1 is { } b)
                    update = _mean[k] = (b * _mean[k]) + ((1 - b) * update);
                X[k] -= (alpha * decay * X[k]) + update;
            }
        }

        private static double Rms(double[] values) => Math.Sqrt(values.Average(v => v * v));
    }

    [Fact]
    public void StepsOfAMatrixAreThePapers() => Matches(
        p => optim.Adafactor(p), (r, g) => r.Step(g, t => Math.Min(1e-2, 1 / Math.Sqrt(t))));

    [Fact]
    public void OptionsChangeTheStepAsDocumented()
    {
        Matches(p => optim.Adafactor(p, lr: 0.1, beta1: 0.9, weight_decay: 0.5, clip_threshold: 0.5),
            (r, g) => r.Step(g, _ => 0.1, clip: 0.5, beta1: 0.9, decay: 0.5));
        Matches(p => optim.Adafactor(p, lr: 0.1, scale_parameter: false), (r, g) => r.Step(g, _ => 0.1, scale: false));
        Matches(p => optim.Adafactor(p, warmup_init: true), (r, g) => r.Step(g, t => 1e-6 * t));
    }

    [Fact]
    public void AVectorKeepsEveryMoment()
    {
        using var scope = NewDisposeScope();
        using var w = new Parameter(tensor([1.0, -2]));
        using var optimizer = optim.Adafactor([w], lr: 0.1, scale_parameter: false, clip_threshold: 100);
        w.grad = tensor([0.5, -0.25]);
        optimizer.step();

        // The first second moment is the squared gradient, so the step is the gradient's sign.
        TensorAssert.Close(w, [0.9, -1.9], 1e-12);
        w.grad = tensor([1.0, 0.25]);
        optimizer.step();
        var beta2 = 1 - Math.Pow(2, -0.8);
        var v = (beta2 * 0.25) + ((1 - beta2) * 1);
        TensorAssert.Close(w, [0.9 - (0.1 / Math.Sqrt(v)), -1.9 - 0.1], 1e-12);
        Assert.Equal(["step", "0.exp_avg_sq"], optimizer.state_dict().Keys);
    }

    [Fact]
    public void MemoryGrowsWithRowsAndColumnsOnly()
    {
        using var w = new Parameter(ones(7, 4, 3, 2));
        using var optimizer = optim.Adafactor([w]);
        var state = optimizer.state_dict();
        Assert.Equal([7, 4, 3], state["0.exp_avg_sq_row"].shape);
        Assert.Equal([7, 4, 2], state["0.exp_avg_sq_col"].shape);
        Assert.Equal(3, state.Count);
    }

    [Fact]
    public void ARegressionConverges()
    {
        manual_seed(2);
        using var truth = randn(4, 6);
        using var net = nn.Linear(6, 4);
        using var optimizer = optim.Adafactor(net.parameters(), lr: 0.05);
        var schedule = optim.lr_scheduler.LambdaLR(optimizer, epoch => 1 / (1 + (0.02 * epoch)));
        double first = 0, last = 0;
        for (var i = 0; i < 600; i++)
        {
            using var scope = NewDisposeScope();
            var x = randn(32, 6);
            optimizer.zero_grad();
            var loss = nn.functional.mse_loss(net.call(x), x.mm(truth.t()));
            loss.backward();
            optimizer.step();
            schedule.step();
            last = loss.item<float>();
            if (i == 0)
                first = last;
        }
        Assert.True(last < first / 500, $"{first} -> {last}");
    }

    [Fact]
    public void AZeroGradientChangesNothing()
    {
        using var scope = NewDisposeScope();
        using var w = new Parameter(ones(2, 2));
        using var optimizer = optim.Adafactor([w]);
        w.grad = zeros(2, 2);
        optimizer.step();
        TensorAssert.Close(w, [1, 1, 1, 1]);
    }

    [Fact]
    public void ASavedRunGoesOnBitByBit()
    {
        Resumption.IsExact(parameters => optim.Adafactor(parameters));
        Resumption.IsExact(parameters => optim.Adafactor(parameters, lr: 0.02, beta1: 0.9, weight_decay: 0.01));
    }

    [Fact]
    public void StepsLeaveNoTensorBehind()
    {
        using var w = new Parameter(ones(2, 2));
        using var gradient = ones(2, 2);
        using var optimizer = optim.Adafactor([w], beta1: 0.5, weight_decay: 0.1);
        TensorAssert.LeavesNothing(() =>
        {
            w.grad = gradient;
            optimizer.step();
            optimizer.zero_grad();
        });
    }

    [Fact]
    public void OptionsOutOfRangeAreRefused()
    {
        using var w = new Parameter(ones(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => optim.Adafactor([w], lr: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => optim.Adafactor([w], clip_threshold: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => optim.Adafactor([w], decay_rate: 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => optim.Adafactor([w], beta1: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => optim.Adafactor([w], weight_decay: -1));
    }

    private static void Matches(Func<Parameter[], Adafactor> make, Action<Reference, double[]> step)
    {
        using var scope = NewDisposeScope();
        double[] start = [1, -2, 0.5, 3, -1, 0.25];
        using var w = new Parameter(tensor(start, [2, 3]));
        using var optimizer = make([w]);
        var reference = new Reference(start);
        foreach (var gradient in new[] { First, Second, First })
        {
            w.grad = tensor(gradient, [2, 3]);
            optimizer.step();
            step(reference, gradient);
            TensorAssert.Close(w, reference.X, 1e-10);
        }
    }
}
