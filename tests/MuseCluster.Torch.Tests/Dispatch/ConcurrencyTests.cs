using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Dispatch;

public sealed class ConcurrencyTests
{
    [Fact]
    public void EightThreadsLookUpAndCallAtOnce()
    {
        for (var round = 0; round < 20; round++)
        {
            // Fresh operators: every thread races to look each one up.
            Operator[] operators = [new("aten::add", "Tensor"), new("aten::mul", "Tensor"), new("aten::sub", "Tensor"), new("aten::maximum")];
            Together(8, thread =>
            {
                using var scope = NewDisposeScope();
                var a = full([3], thread);
                var b = full([3], 2);
                for (var i = 0; i < 50; i++)
                {
                    TensorAssert.Close(operators[0].Call(a, b), Repeated(thread + 2));
                    TensorAssert.Close(operators[1].Call(a, b), Repeated(thread * 2));
                    TensorAssert.Close(operators[2].Call(a, b), Repeated(thread - 2));
                    TensorAssert.Close(operators[3].Call(a, b), Repeated(Math.Max(thread, 2)));
                }
            });
        }

        static double[] Repeated(double value) => [value, value, value];
    }

    [Fact]
    public void ErrorsBelongToTheirThread() => Together(8, thread =>
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < 100; i++)
        {
            var error = Assert.Throws<TorchException>(() => ones(2, thread + 2).view(1000 + thread));
            Assert.Contains((1000 + thread).ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        }
    });

    [Fact]
    public void ThreadsTrainTheirOwnNetworksAtOnce() => Together(8, _ =>
    {
        using var net = nn.Linear(4, 4);
        for (var i = 0; i < 20; i++)
        {
            using var scope = NewDisposeScope();
            net.zero_grad();
            net.forward(ones(2, 4)).square().sum().backward();
            Assert.True(net.weight.grad!.isfinite().all().item<bool>());
        }
    });

    [Fact]
    public void ModesAndScopesBelongToTheirThread()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        Together(2, _ =>
        {
            Assert.True(is_grad_enabled());
            var own = ones(1);
            Assert.False(scope.Contains(own));
            own.Dispose();
        });
        Assert.False(is_grad_enabled());
    }

    private static void Together(int threads, Action<int> action)
    {
        using var start = new Barrier(threads);
        var failures = new List<Exception>();
        var workers = Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                action(thread);
            }
            catch (Exception e)
            {
                lock (failures)
                    failures.Add(e);
            }
        })).ToArray();
        foreach (var worker in workers)
            worker.Start();
        foreach (var worker in workers)
            worker.Join();
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }
}
