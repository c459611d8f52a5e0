using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Dispatch;

public sealed class OperatorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void ArgumentsLeftOffTakeTheSchemasDefaults()
    {
        var a = tensor([1f, 2f]);
        TensorAssert.Close(new Operator("aten::add", "Tensor").Call(a, a), [2, 4]);
        TensorAssert.Close(new Operator("aten::add", "Tensor").Call(a, a, 3), [4, 8]);
        TensorAssert.Close(new Operator("aten::clamp").Call(a, Argument.None, 1.5), [1, 1.5]);
    }

    [Fact]
    public void AnOperatorIsNamedAsPyTorchWritesIt()
    {
        Assert.Equal("aten::add.Tensor", new Operator("aten::add", "Tensor").Name);
        Assert.Equal("aten::mm", new Operator("aten::mm").Name);
    }

    [Fact]
    public void AnUnknownOperatorIsNamedInTheError()
    {
        var error = Assert.Throws<TorchException>(() => new Operator("aten::no_such_thing", "x").Call(1));
        Assert.Equal("aten::no_such_thing.x", error.Operation);
        Assert.Contains("no operator aten::no_such_thing.x", error.Message, StringComparison.Ordinal);
        Assert.Throws<TorchException>(() => new Operator("not a name").Call());
    }

    [Fact]
    public void AnUnknownOperatorFailsAgainWhenCalledAgain()
    {
        var unknown = new Operator("aten::add", "NoSuchOverload");
        Assert.Throws<TorchException>(() => unknown.Run());
        Assert.Throws<TorchException>(() => unknown.Run());
    }

    [Fact]
    public void AMissingArgumentIsNamed()
    {
        var error = Assert.Throws<TorchException>(() => new Operator("aten::mm").Call(ones(2, 2)));
        Assert.StartsWith("aten::mm: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("mat2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TooManyArgumentsAreRefused()
    {
        var error = Assert.Throws<TorchException>(() => new Operator("aten::t").Call(ones(2, 2), 1, 2));
        Assert.Contains("takes 1 arguments, got 3", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, Func<Tensor>> Misuse => new()
    {
        { "aten::mm", () => new Operator("aten::mm").Call(1, 2) },
        { "aten::mm", () => new Operator("aten::mm").Call(ones(2, 2), Argument.None) },
        { "aten::view", () => new Operator("aten::view").Call(ones(2), ones(2)) },
        { "aten::view", () => new Operator("aten::view").Call(ones(2), 2.5) },
        { "aten::view", () => new Operator("aten::view").Call(ones(2), "two") },
        { "aten::cat", () => new Operator("aten::cat").Call(ones(2), 0) },
        { "aten::gelu", () => new Operator("aten::gelu").Call(ones(2), 7) },
        { "aten::unsqueeze", () => new Operator("aten::unsqueeze").Call(ones(2), new long[] { 1 }) },
        { "aten::layer_norm", () => new Operator("aten::layer_norm").Call(ones(2), new long[] { 2 }, Argument.None, Argument.None, 1) },
        { "aten::to.device", () => new Operator("aten::to", "device").Call(ones(2), 3, ScalarType.Float32) },
        { "aten::mm", () => ones(2, 3).mm(ones(2, 3)) },
        { "aten::view", () => ones(2, 3).view(4) },
        { "aten::add.Tensor", () => ones(2).add(ones(3)) },
        { "aten::select.int", () => ones(2).select(0, 5) },
        { "aten::index_select", () => ones(2).index_select(0, tensor([7L])) },
        { "aten::cat", () => cat([ones(2, 2), ones(3, 3)]) },
        { "aten::cat", () => cat([]) },
        { "aten::stack", () => stack([ones(2), ones(3)]) },
        { "aten::gelu", () => ones(2).gelu("tangent") },
        { "aten::zeros", () => zeros(-1) },
        { "aten::conv2d", () => nn.functional.conv2d(ones(1, 1, 2, 2), ones(1, 3, 1, 1)) },
        { "aten::embedding", () => nn.functional.embedding(tensor([9L]), ones(2, 2)) },
    };

    [Theory]
    [MemberData(nameof(Misuse))]
    public void MisuseThrowsAnErrorThatNamesTheOperator(string name, Func<Tensor> misuse)
    {
        var error = Assert.Throws<TorchException>(misuse);
        Assert.Equal(name, error.Operation);
        Assert.StartsWith(name + ": ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception raised from", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("INTERNAL ASSERT", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Reason.Trim());
    }

    [Fact]
    public void AnArgumentOfTheWrongKindIsNamedWithTheKindItHasToHave()
    {
        var error = Assert.Throws<TorchException>(() => new Operator("aten::layer_norm").Call(ones(2), new long[] { 2 }, Argument.None, Argument.None, 1));
        Assert.Equal("argument 4 (eps) has to be float, got int", error.Reason);
    }

    [Fact]
    public void AFailedCallKeepsNoArgumentAlive()
    {
        var weak = FailWith();
        Assert.True(weak.IsDisposed);
        var released = 0;
        var memory = new float[4];
        unsafe
        {
            fixed (float* p = memory)
            {
                using (var t = from_blob((nint)p, [2, 2], float32, () => released++))
                    Assert.Throws<TorchException>(() => new Operator("aten::mm").Call(t));
                Assert.Equal(1, released);
            }
        }

        static Tensor FailWith()
        {
            using var t = ones(2, 2);
            Assert.Throws<TorchException>(() => new Operator("aten::mm").Call(t));
            return t;
        }
    }

    [Fact]
    public void MemoryThatCannotBeHadIsATorchError()
    {
        var error = Assert.ThrowsAny<TorchException>(() => empty([1L << 50]));
        Assert.IsType<TorchOutOfMemoryException>(error);
        Assert.Equal("aten::empty.memory_format", error.Operation);
        Assert.DoesNotContain("frame #", error.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<TorchException>(() => empty([1L << 40, 1L << 40]));
    }

    [Fact]
    public void ADisposedTensorIsRefusedEverywhere()
    {
        var gone = ones(2);
        gone.Dispose();
        gone.Dispose();
        var alive = ones(2);
        Assert.True(gone.IsDisposed);
        Assert.Equal("disposed", gone.ToString());
        Assert.Throws<ObjectDisposedException>(() => gone.add(alive));
        Assert.Throws<ObjectDisposedException>(() => alive.add(gone));
        Assert.Throws<ObjectDisposedException>(() => alive.add_(gone));
        Assert.Throws<ObjectDisposedException>(() => cat([alive, gone]));
        Assert.Throws<ObjectDisposedException>(() => alive[gone]);
        Assert.Throws<ObjectDisposedException>(() => gone.shape);
        Assert.Throws<ObjectDisposedException>(() => gone.stride());
        Assert.Throws<ObjectDisposedException>(() => gone.size(0));
        Assert.Throws<ObjectDisposedException>(() => gone.dtype);
        Assert.Throws<ObjectDisposedException>(() => gone.device);
        Assert.Throws<ObjectDisposedException>(() => gone.grad);
        Assert.Throws<ObjectDisposedException>(() => gone.requires_grad);
        Assert.Throws<ObjectDisposedException>(() => gone.requires_grad_());
        Assert.Throws<ObjectDisposedException>(() => gone.is_contiguous());
        Assert.Throws<ObjectDisposedException>(() => gone.backward());
        Assert.Throws<ObjectDisposedException>(() => gone.alias());
        Assert.Throws<ObjectDisposedException>(() => gone.item<float>());
        Assert.Throws<ObjectDisposedException>(() => gone.ToArray<float>());
        Assert.Throws<ObjectDisposedException>(() => gone.data<float>().Length);
        Assert.Throws<ObjectDisposedException>(() => alive.grad = gone);
        Assert.Throws<ObjectDisposedException>(() => new Modules.Parameter(gone));
    }

    [Fact]
    public void AnUndefinedResultIsATensorWithoutProperties()
    {
        // Group normalisation's gradient gives an undefined tensor for what the mask leaves out.
        var x = rand(1, 2, 3);
        var results = new Operator("aten::native_group_norm_backward").CallMany(
            x, x, zeros(1, 1), ones(1, 1), Argument.None, 1, 2, 3, 1, new[] { true, false, false });
        Assert.False(results[0].IsInvalid);
        Assert.True(results[1].IsInvalid);
        Assert.Equal("undefined", results[1].ToString());
        Assert.Throws<InvalidOperationException>(() => results[1].shape);
        Assert.Throws<InvalidOperationException>(() => results[1].dtype);
        Assert.Throws<InvalidOperationException>(() => results[1].grad);
        Assert.Throws<InvalidOperationException>(() => results[1].requires_grad_());
        Assert.Throws<InvalidOperationException>(() => results[1].data<float>().Length);
        Assert.Throws<TorchException>(() => results[1].add(x));
    }

    [Fact]
    public void AResultOfAnotherKindIsRefusedAndNotLeaked()
    {
        var a = ones(2);
        var before = Tensor.TotalCount;
        Assert.Contains("Bool", Assert.Throws<TorchException>(() => new Operator("aten::equal").Call(a, a)).Message, StringComparison.Ordinal);
        Assert.Throws<TorchException>(() => new Operator("aten::equal").CallMany(a, a));
        Assert.Throws<TorchException>(() => new Operator("aten::add", "Tensor").CallBool(a, a));
        Assert.Throws<TorchException>(() => new Operator("aten::sort").Call(a));
        Assert.Throws<TorchException>(() => new Operator("aten::chunk").Call(a, 2));
        new Operator("aten::chunk").Run(a, 2);
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void ListsOfAnyLengthPass()
    {
        TensorAssert.Close(new Operator("aten::sum", "dim_IntList").Call(ones(2, 3), Array.Empty<long>()), [6]);
        Assert.Equal([], zeros(Array.Empty<long>()).shape);
        var many = Enumerable.Range(0, 1000).Select(i => full([1], (float)i)).ToArray();
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (float)i), cat(many).ToArray<float>());
        Assert.Equal(1000, stack(many.ToList()).shape[0]);
        var deep = Enumerable.Repeat(1L, 60).ToArray();
        Assert.Equal(deep, ones(1).view(deep).shape);
        Assert.Equal(500, ones(500).split(1).Length);
    }

    [Fact]
    public void ParametersPassWhereTensorsAreExpected()
    {
        Modules.Parameter[] parameters = [new(ones(1)), new(zeros(1))];
        using var guard = no_grad();
        TensorAssert.Close(cat(parameters), [1, 0]);
        foreach (var parameter in parameters)
            parameter.Dispose();
    }

    [Fact]
    public void AbsentTensorsOfAListAreAbsent() =>
        TensorAssert.Is(arange(6).view(2, 3).index(null, tensor([2L, 0L])), [2, 2], [2, 0, 5, 3]);

    [Fact]
    public void StringsPassAsUtf8()
    {
        TensorAssert.Close(tensor([1f]).gelu("tanh"), [0.841192]);
        var error = Assert.Throws<TorchException>(() => tensor([1f]).gelu("gêlu" + new string('é', 2000)));
        Assert.Equal("aten::gelu", error.Operation);
    }

    [Fact]
    public void NullIsNoList()
    {
        Assert.Throws<ArgumentNullException>(() => (Argument)(Tensor[])null!);
        Assert.Equal(Argument.None, (Argument)(long[]?)null);
        Assert.Equal(Argument.None, (Argument)(double[]?)null);
        Assert.Equal(Argument.None, (Argument)(Tensor?)null);
        Assert.Equal(Argument.None, (Argument)(Scalar?)null);
    }

    [Fact]
    public void AnIntegerMadeIntoAListNeedsNoArray() =>
        TensorAssert.Close(new Operator("aten::sum", "dim_IntList").Call(ones(2, 3), Argument.Ints(1)), [3, 3]);
}
