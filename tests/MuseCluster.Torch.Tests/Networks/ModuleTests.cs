using MuseCluster.Torch.Modules;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Networks;

public sealed class ModuleTests
{
    private class Base : nn.Module<Tensor, Tensor>
    {
        private readonly Linear first = nn.Linear(2, 2);

        protected Base(string name)
            : base(name)
        {
        }

        public override Tensor forward(Tensor input) => first.forward(input);
    }

    private sealed class Derived : Base
    {
        private readonly Parameter _gain = new(ones(2));
        private readonly Tensor cache = zeros(1);

        public Derived()
            : base(nameof(Derived))
        {
            Norm = nn.LayerNorm(2);
            blocks = nn.ModuleList(nn.Linear(2, 2, hasBias: false), nn.Linear(2, 2));
            tied = blocks[0];
            RegisterComponents();
            RegisterComponents();
            register_buffer("running", zeros(3));
            register_buffer("table", zeros(3), persistent: false);
        }

        public LayerNorm Norm { get; }

        public Parameter Scale { get; } = new(zeros(1));

        private readonly ModuleList<Linear> blocks;
        private readonly Linear tied;

        public Tensor Cache => cache;

        public Linear Tied => tied;

        public Parameter Gain => _gain;
    }

    private sealed class Captured(Linear inner) : nn.Module<Tensor, Tensor>(nameof(Captured))
    {
        public Captured Register()
        {
            RegisterComponents();
            return this;
        }

        public override Tensor forward(Tensor input) => inner.forward(input);
    }

    private sealed class Loose : nn.Module
    {
        public Loose()
            : base(nameof(Loose))
        {
        }
    }

    private static readonly string[] Names =
    [
        "gain", "Scale", "first.weight", "first.bias", "Norm.weight", "Norm.bias", "blocks.0.weight", "blocks.1.weight", "blocks.1.bias",
    ];

    [Fact]
    public void FieldsAndPropertiesAreRegisteredUnderTheirNames()
    {
        using var net = new Derived();
        Assert.Equal(Names, net.named_parameters().Select(p => p.name));
        Assert.Equal([.. Names, "tied.weight", "running"], net.state_dict().Keys);
        Assert.Equal(["running", "table"], net.named_buffers().Select(b => b.name));
        Assert.Equal(["first", "Norm", "blocks", "tied"], net.named_children().Select(c => c.name));
        Assert.Equal(["gain", "Scale"], net.named_parameters(recurse: false).Select(p => p.name));
        Assert.Equal(6, net.modules().Count());
        Assert.Equal("Derived", net.GetName());
    }

    [Fact]
    public void ACapturedConstructorParameterIsAField()
    {
        using var net = new Captured(nn.Linear(1, 1)).Register();
        Assert.Equal(["inner.weight", "inner.bias"], net.state_dict().Keys);
    }

    [Fact]
    public void LayersHavePyTorchsNames()
    {
        using var net = nn.Sequential(nn.Linear(2, 2), nn.SiLU(), nn.Conv2d(2, 4, 3), nn.GroupNorm(2, 4), nn.Embedding(3, 2), nn.LayerNorm(2));
        Assert.Equal(
            ["0.weight", "0.bias", "2.weight", "2.bias", "3.weight", "3.bias", "4.weight", "5.weight", "5.bias"], net.state_dict().Keys);
        using var named = nn.Sequential(("a", nn.Linear(1, 1, hasBias: false)), ("b", nn.ReLU()));
        Assert.Equal(["a.weight"], named.state_dict().Keys);
    }

    [Fact]
    public void ASharedParameterIsLearnedOnceButSavedUnderEachName()
    {
        using var shared = nn.Linear(1, 1);
        var net = new Loose();
        net.register_module("a", shared);
        net.register_module("b", shared);
        Assert.Equal(2, net.parameters().Count());
        Assert.Equal(["a.weight", "a.bias", "b.weight", "b.bias"], net.state_dict().Keys);
    }

    [Fact]
    public void WrongNamesAreRefused()
    {
        using var net = new Loose();
        using var other = new Parameter(ones(1));
        net.register_parameter("a", other);
        Assert.Throws<InvalidOperationException>(() => net.register_parameter("a", other));
        Assert.Throws<InvalidOperationException>(() => net.register_buffer("a", other));
        Assert.Throws<ArgumentException>(() => net.register_module("a.b", nn.ReLU()));
        Assert.Throws<ArgumentException>(() => net.register_module(string.Empty, nn.ReLU()));
    }

    [Fact]
    public void AStateMovesFromOneModuleToAnother()
    {
        using var a = new Derived();
        using var b = new Derived();
        b.load_state_dict(a.state_dict());
        Assert.All(a.state_dict(), entry => Assert.True(entry.Value.equal(b.state_dict()[entry.Key])));
        Assert.True(b.Gain.requires_grad && b.Gain.is_leaf);
    }

    [Fact]
    public void EveryProblemOfAStateIsListed()
    {
        using var scope = NewDisposeScope();
        using var net = nn.Linear(2, 3);
        var wrong = new Dictionary<string, Tensor> { ["weight"] = zeros(3, 3), ["gain"] = zeros(1) };
        foreach (var load in new Action[] { () => net.load_state_dict(wrong), () => net.adopt_state_dict(wrong) })
        {
            var error = Assert.Throws<ArgumentException>(load);
            Assert.Contains("Linear", error.Message, StringComparison.Ordinal);
            Assert.Contains("missing bias", error.Message, StringComparison.Ordinal);
            Assert.Contains("unexpected gain", error.Message, StringComparison.Ordinal);
            Assert.Contains("weight has shape [3, 3], expected [3, 2]", error.Message, StringComparison.Ordinal);
        }
        net.load_state_dict(new Dictionary<string, Tensor> { ["bias"] = ones(3), ["gain"] = zeros(1) }, strict: false);
        TensorAssert.Close(net.bias!, [1, 1, 1]);
    }

    [Fact]
    public void AnAdoptedStateIsSharedNotCopied()
    {
        using var scope = NewDisposeScope();
        using var net = nn.Linear(2, 1, hasBias: false);
        var weight = tensor([3f, 4f], [1, 2]);
        net.adopt_state_dict(new Dictionary<string, Tensor> { ["weight"] = weight });
        weight.add_(1);
        TensorAssert.Close(net.weight, [4, 5]);
        Assert.False(net.weight.requires_grad);
        net.requires_grad_();
        Assert.True(net.weight.requires_grad && net.weight.is_leaf);
        Assert.False(weight.requires_grad);
    }

    [Fact]
    public void ConversionKeepsIdentityGradientsAndIntegers()
    {
        using var scope = NewDisposeScope();
        using var net = new Loose();
        var weight = new Parameter(ones(2));
        net.register_parameter("weight", weight);
        net.register_buffer("count", tensor([3L]));
        (weight * 2).sum().backward();
        Assert.Same(net, net.to(float64).to(CPU).cpu());
        Assert.Same(weight, net.state_dict()["weight"]);
        Assert.Equal(float64, weight.dtype);
        Assert.True(weight.is_leaf && weight.requires_grad);
        Assert.Equal(float64, weight.grad!.dtype);
        TensorAssert.Close(weight.grad!, [2, 2]);
        Assert.Equal(int64, net.state_dict()["count"].dtype);
        net.to(CPU, float32);
        Assert.Equal(float32, weight.dtype);
    }

    [Fact]
    public void TrainingModeReachesEveryPart()
    {
        using var net = nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout(0.9)));
        using var x = ones(50);
        net.eval();
        Assert.All(net.modules(), m => Assert.False(m.training));
        using (var same = net.forward(x))
            Assert.True(same.equal(x));
        net.train();
        using var dropped = net.forward(x);
        Assert.False(dropped.equal(x));
    }

    [Fact]
    public void FreezingStopsGradients()
    {
        using var scope = NewDisposeScope();
        using var net = nn.Linear(2, 2);
        net.requires_grad_(false);
        Assert.False(net.forward(ones(1, 2)).requires_grad);
        net.requires_grad_();
        net.forward(ones(1, 2)).sum().backward();
        Assert.NotNull(net.weight.grad);
        net.zero_grad();
        Assert.Null(net.weight.grad);
    }

    [Fact]
    public void DisposingReachesEveryPart()
    {
        var net = new Derived();
        var all = net.state_dict().Values.Append(net.Tied.weight).ToArray();
        net.Dispose();
        Assert.All(all, t => Assert.True(t.IsDisposed));
        net.Cache.Dispose();
    }

    [Fact]
    public void ASequenceDisposesWhatLiesBetween()
    {
        using var net = nn.Sequential(nn.Identity(), nn.ReLU(), nn.Identity());
        using var empty = nn.Sequential(Array.Empty<nn.Module<Tensor, Tensor>>());
        using var x = ones(2);
        TensorAssert.LeavesNothing(() =>
        {
            net.forward(x).Dispose();
            empty.forward(x).Dispose();
        });
        Assert.False(x.IsDisposed);
    }
}
