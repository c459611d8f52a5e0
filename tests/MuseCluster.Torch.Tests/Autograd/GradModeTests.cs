using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Autograd;

public sealed class GradModeTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        Assert.True(is_grad_enabled());
        Assert.False(is_inference_mode_enabled());
        _scope.Dispose();
    }

    [Fact]
    public void NoGradStopsRecordingAndIsUndone()
    {
        var x = ones([1], requires_grad: true);
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (enable_grad())
                Assert.True((x * 2).requires_grad);
            using (enable_grad(false))
                Assert.False(is_grad_enabled());
            Assert.False(is_grad_enabled());
        }
        Assert.True((x * 2).requires_grad);
        using (set_grad_enabled(false))
            Assert.False(is_grad_enabled());
    }

    [Fact]
    public void AnExceptionRestoresTheMode() => Assert.Throws<TorchException>(() =>
    {
        using var guard = no_grad();
        using var inference = inference_mode();
        ones(2).view(3);
    });

    [Fact]
    public void InferenceModeMakesTensorsThatCannotBeRecorded()
    {
        var w = ones([1], requires_grad: true);
        Tensor made;
        using (inference_mode())
        {
            Assert.True(is_inference_mode_enabled());
            Assert.False(is_grad_enabled());
            made = w * 2;
            using (inference_mode())
                made.add_(1);
            Assert.True(is_inference_mode_enabled());
        }
        Assert.True(made.is_inference());
        Assert.False(w.is_inference());
        Assert.Throws<TorchException>(() => made.requires_grad_());
        Assert.Throws<TorchException>(() => made * w);
        TensorAssert.Close(made, [3]);
    }

    [Fact]
    public void LeavingTwiceIsLeavingOnce()
    {
        var first = no_grad();
        first.Dispose();
        using (no_grad())
        {
            first.Dispose();
            Assert.False(is_grad_enabled());
        }
        var inference = inference_mode();
        inference.Dispose();
        inference.Dispose();
    }

    [Fact]
    public void AModeIsLeftOnItsOwnThread()
    {
        using var guard = no_grad();
        using var inference = inference_mode();
        var failures = new List<Exception?>();
        var thread = new Thread(() =>
        {
            failures.Add(Record.Exception(guard.Dispose));
            failures.Add(Record.Exception(inference.Dispose));
        });
        thread.Start();
        thread.Join();
        Assert.All(failures, f => Assert.IsType<InvalidOperationException>(f));
    }
}
