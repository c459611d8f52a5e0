using MuseCluster.Torch;
using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;
using static MuseCluster.Torch.torch.nn;

namespace MuseCluster.Torch.Tests;

/// <summary>
/// Code as TorchSharp's users write it. Apart from the four usings and the attributes nothing here is particular to this
/// binding: with TorchSharp's namespaces in them the file compiles against the package.
/// </summary>
public sealed class TorchSharpIdiomTests
{
    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> lin1 = Linear(2, 8);
        private readonly Module<Tensor, Tensor> lin2 = Linear(8, 1);

        public Net()
            : base(nameof(Net)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            using var _ = NewDisposeScope();
            var hidden = functional.gelu(lin1.call(input));
            return lin2.call(hidden).MoveToOuterDisposeScope();
        }
    }

    private sealed class Attention : Module<Tensor, Tensor, Tensor>
    {
        private readonly Linear query;
        private readonly Linear output;
        private readonly ModuleList<Linear> heads;
        private readonly LayerNorm norm;
        private readonly Parameter gain;
        private readonly long width;

        public Attention(long width, Device? device = null)
            : base(nameof(Attention))
        {
            this.width = width;
            query = Linear(width, width, hasBias: false);
            output = Linear(width, width);
            heads = ModuleList(Linear(width, width), Linear(width, width));
            norm = LayerNorm(new long[] { width });
            gain = new Parameter(zeros(1));
            RegisterComponents();
            if (device is not null)
                this.to(device);
        }

        public override Tensor forward(Tensor x, Tensor context)
        {
            using var scope = NewDisposeScope();
            var q = query.forward(norm.forward(x));
            var k = heads[0].forward(context);
            var v = heads[1].forward(context);
            var weights = matmul(q, k.transpose(-2, -1)).div(Math.Sqrt(width)).softmax(-1);
            var y = x + gain * output.forward(weights.matmul(v));
            return scope.MoveToOuter(y);
        }
    }

    [Fact]
    public void ATypicalTrainingLoopLearnsXor()
    {
        manual_seed(1);
        using var input = tensor(new float[] { 0, 0, 0, 1, 1, 0, 1, 1 }, new long[] { 4, 2 });
        using var target = tensor(new float[] { 0, 1, 1, 0 }, new long[] { 4, 1 });
        using var net = new Net();
        net.to(CPU);
        var optimizer = optim.AdamW(net.parameters(), lr: 0.05);
        var scheduler = optim.lr_scheduler.LambdaLR(optimizer, epoch => Math.Pow(0.999, epoch));
        var loss = MSELoss();
        net.train();
        var last = float.MaxValue;
        for (var epoch = 0; epoch < 300; epoch++)
        {
            using var d = NewDisposeScope();
            optimizer.zero_grad();
            var output = loss.call(net.call(input), target);
            output.backward();
            optimizer.step();
            scheduler.step();
            last = output.item<float>();
        }
        Assert.True(last < 1e-2, $"loss {last}");
        net.eval();
        using (no_grad())
        {
            using var answers = net.call(input).gt(0.5);
            Assert.Equal(new[] { false, true, true, false }, answers.ToArray<bool>());
        }
        Assert.Equal(new[] { "lin1.weight", "lin1.bias", "lin2.weight", "lin2.bias" }, net.state_dict().Keys);
    }

    [Fact]
    public void ATypicalNetworkRunsAndHasGradients()
    {
        using var d = NewDisposeScope();
        using var net = new Attention(4, CPU);
        using var sequence = Sequential(Linear(4, 4), ReLU(), Dropout(0.1), Linear(4, 4));
        var x = randn(2, 3, 4);
        var context = sequence.call(randn(2, 5, 4));
        var y = net.call(x, context);
        Assert.Equal(new long[] { 2, 3, 4 }, y.shape);
        functional.cross_entropy(y[.., -1, ..], tensor(new long[] { 0, 3 })).backward();
        Assert.All(net.named_parameters(), p => Assert.NotNull(p.parameter.grad));
        var first = y[0, TensorIndex.Ellipsis, TensorIndex.Slice(1, 3)];
        Assert.Equal(new long[] { 3, 2 }, first.shape);
        Assert.Equal(ScalarType.Float64, net.to(ScalarType.Float64).parameters().First().dtype);
    }
}
