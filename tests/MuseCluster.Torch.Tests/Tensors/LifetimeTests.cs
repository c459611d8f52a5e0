using System.Runtime.CompilerServices;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Tensors;

public sealed class LifetimeTests
{
    [Fact]
    public void TheCountFollowsEveryTensor()
    {
        var before = TensorAssert.Settled();
        var a = ones(2);
        Assert.Equal(before + 1, Tensor.TotalCount);
        var parts = a.chunk(2);
        Assert.Equal(before + 3, Tensor.TotalCount);
        a.add_(1);
        Assert.Equal(before + 3, Tensor.TotalCount);
        foreach (var part in parts)
            part.Dispose();
        a.Dispose();
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void AForgottenTensorIsFreedByTheFinalizer()
    {
        var before = TensorAssert.Settled();
        Forget();
        Assert.Equal(before, TensorAssert.Settled());

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget()
        {
            for (var i = 0; i < 100; i++)
                _ = ones(2) + 1;
        }
    }

    [Fact]
    public void TrainingLeavesNoTensorBehind()
    {
        using var net = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.LayerNorm(8), nn.Linear(8, 2));
        using var optimizer = optim.AdamW(net.parameters());
        using var x = rand(3, 4);
        TensorAssert.LeavesNothing(() =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.mse_loss(net.forward(x), zeros(3, 2)).backward();
            nn.utils.clip_grad_norm_(net.parameters(), 1);
            optimizer.step();
            optimizer.zero_grad();
        });
    }

    [Fact]
    public void FailuresLeaveNoTensorBehind()
    {
        using var a = ones(2, 2);
        TensorAssert.LeavesNothing(() =>
        {
            Assert.Throws<TorchException>(() => a.view(3));
            Assert.Throws<TorchException>(() => a.mm(null!));
            Assert.Throws<TorchException>(() => a.backward());
        });
    }

    [Fact]
    public void MakingAndMovingModulesLeavesNothing() => TensorAssert.LeavesNothing(() =>
    {
        using var net = nn.Sequential(nn.Linear(2, 2), nn.Conv2d(1, 1, 3), nn.Embedding(3, 2), nn.GroupNorm(1, 2)).to(float64).to(CPU);
    });

    [Fact]
    public void AParameterStartsTheGraph()
    {
        using var source = ones([2], requires_grad: true);
        using var computed = source * 2;
        using var parameter = new Modules.Parameter(computed);
        Assert.True(parameter.is_leaf);
        Assert.True(parameter.requires_grad);
        using var plain = ones(2);
        using var frozen = new Modules.Parameter(plain, requires_grad: false);
        using var learned = new Modules.Parameter(plain);
        Assert.False(plain.requires_grad);
        Assert.False(frozen.requires_grad);
        plain.fill_(5);
        TensorAssert.Close(learned, [5, 5]);
    }

    [Fact]
    public void AnAliasIsASecondOwner()
    {
        var a = ones(2);
        using var b = a.alias();
        a.Dispose();
        TensorAssert.Close(b, [1, 1]);
    }
}
