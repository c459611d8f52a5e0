using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Tensors;

public sealed class PointwiseTests : IDisposable
{
    private static readonly double[] Inputs = [-1.75, -0.5, 0.25, 1.5, 3];
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string, Func<Tensor, Tensor>, Func<double, double>> Functions => new()
    {
        { "abs", x => x.abs(), Math.Abs },
        { "exp", x => x.exp(), Math.Exp },
        { "expm1", x => x.expm1(), x => Math.Exp(x) - 1 },
        { "log", x => x.log(), Math.Log },
        { "log2", x => x.log2(), Math.Log2 },
        { "log1p", x => x.log1p(), x => Math.Log(1 + x) },
        { "sqrt", x => x.sqrt(), Math.Sqrt },
        { "rsqrt", x => x.rsqrt(), x => 1 / Math.Sqrt(x) },
        { "reciprocal", x => x.reciprocal(), x => 1 / x },
        { "square", x => x.square(), x => x * x },
        { "pow 3", x => x.pow(3), x => x * x * x },
        { "pow tensor", x => x.abs().pow(x), x => Math.Pow(Math.Abs(x), x) },
        { "sin", x => x.sin(), Math.Sin },
        { "cos", x => x.cos(), Math.Cos },
        { "tan", x => x.tan(), Math.Tan },
        { "atan", x => x.atan(), Math.Atan },
        { "tanh", x => x.tanh(), Math.Tanh },
        { "sigmoid", x => x.sigmoid(), x => 1 / (1 + Math.Exp(-x)) },
        { "silu", x => x.silu(), x => x / (1 + Math.Exp(-x)) },
        { "relu", x => x.relu(), x => Math.Max(0, x) },
        { "leaky_relu", x => x.leaky_relu(0.1), x => x > 0 ? x : 0.1 * x },
        { "gelu tanh", x => x.gelu("tanh"), x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))) },
        { "softplus", nn.functional.softplus, x => Math.Log(1 + Math.Exp(x)) },
        { "round", x => x.round(), x => Math.Round(x, MidpointRounding.ToEven) },
        { "floor", x => x.floor(), Math.Floor },
        { "ceil", x => x.ceil(), Math.Ceiling },
        { "trunc", x => x.trunc(), Math.Truncate },
        { "sign", x => x.sign(), x => Math.Sign(x) },
        { "clamp", x => x.clamp(-1, 1), x => Math.Clamp(x, -1, 1) },
        { "clamp min", x => x.clamp(min: 0.5), x => Math.Max(x, 0.5) },
        { "clamp max", x => x.clamp(max: 0.5), x => Math.Min(x, 0.5) },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void EachFunctionHasItsValues(string name, Func<Tensor, Tensor> function, Func<double, double> expected)
    {
        Assert.NotEmpty(name);
        TensorAssert.Close(function(tensor(Inputs)), [.. Inputs.Select(expected)], 1e-12);
        TensorAssert.Close(function(tensor(Inputs, float32)), [.. Inputs.Select(expected)], 1e-5);
    }

    [Fact]
    public void GeluAndErf()
    {
        TensorAssert.Close(tensor([-1.0, 0, 1, 2]).gelu(), [-0.15865525393145707, 0, 0.8413447460685429, 1.9544997361036416], 1e-12);
        TensorAssert.Close(tensor([-1.0, 0, 0.5]).erf(), [-0.8427007929497149, 0, 0.5204998778130465], 1e-12);
    }

    [Fact]
    public void SoftmaxSumsToOne()
    {
        var x = tensor([0f, 1f, 2f, 3f], [2, 2]);
        var e = Math.E;
        double[] expected = [1 / (1 + e), e / (1 + e), 1 / (1 + e), e / (1 + e)];
        TensorAssert.Close(x.softmax(-1), expected);
        TensorAssert.Close(softmax(x, 1), expected);
        TensorAssert.Close(nn.functional.softmax(x, 1), expected);
        TensorAssert.Close(x.log_softmax(1), [.. expected.Select(p => Math.Log(p))]);
        TensorAssert.Close(x.softmax(1, float64), expected, 1e-12);
        Assert.Same(x, x.softmax_(1));
        TensorAssert.Close(x, expected);
    }

    [Fact]
    public void InPlaceVariants()
    {
        var x = tensor([4f, 9f]);
        TensorAssert.Close(x.sqrt_().clamp_(max: 2.5), [2, 2.5]);
        TensorAssert.Close(x.masked_fill_(tensor([true, false]), -1), [-1, 2.5]);
    }

    [Fact]
    public void MasksAndExtremes()
    {
        var x = tensor([1f, float.NaN, float.PositiveInfinity]);
        TensorAssert.Close(x.isfinite(), [1, 0, 0]);
        TensorAssert.Close(x.isnan(), [0, 1, 0]);
        TensorAssert.Close(x.nan_to_num(7, 8), [1, 7, 8]);
        TensorAssert.Close(x.masked_fill(tensor([false, true, true]), 0), [1, 0, 0]);
        TensorAssert.Close(tensor([1f, 2f, 3f]).masked_select(tensor([true, false, true])), [1, 3]);
        TensorAssert.Close(tensor([1f, 5f]).maximum(tensor([3f, 2f])), [3, 5]);
        TensorAssert.Close(tensor([1f, 5f]).minimum(tensor([3f, 2f])), [1, 2]);
        TensorAssert.Close(where(tensor([true, false]), tensor([1f, 2f]), tensor([3f, 4f])), [1, 4]);
        TensorAssert.Close(where(tensor([true, false]), tensor([1f, 2f]), 9), [1, 9]);
    }
}
