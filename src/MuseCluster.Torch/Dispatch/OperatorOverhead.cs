using System.Diagnostics;

namespace MuseCluster.Torch;

/// <summary>What a managed operator call, its result disposed, costs above the same call in C++.</summary>
public static class OperatorOverhead
{
    /// <summary>The cost of one operator.</summary>
    /// <param name="Name">The operator and its operands.</param>
    /// <param name="Managed">Microseconds per call through <see cref="torch"/>, the result disposed.</param>
    /// <param name="Native">Microseconds per call of the same operator through libtorch's dispatcher in C++ alone.</param>
    public sealed record Cost(string Name, double Managed, double Native)
    {
        /// <summary>Microseconds that a managed call adds.</summary>
        public double Overhead => Managed - Native;
    }

    /// <summary>
    /// Measures several operators on tensors so small that the call is what costs. Managed and native calls take turns in
    /// rounds shorter than a time slice, and the best round of each counts: other load on the machine disturbs little. One
    /// thread runs them: waking others is no part of a call.
    /// </summary>
    /// <param name="calls">Calls per round.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <returns>One cost per operator.</returns>
    public static IReadOnlyList<Cost> Measure(int calls = 1000, int rounds = 150)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(calls, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        using var threads = torch.NewNumThreadsScope(1);
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        var a = torch.rand(8);
        var b = torch.rand(8);
        var m = torch.rand(4, 4);
        var parts = Enumerable.Range(0, 8).Select(_ => torch.rand(4)).ToArray();
        var rows = torch.rand(2, 16);
        var gain = torch.ones(16);
        var shift = torch.zeros(16);
        var width = new long[] { 16 };
        var square = new long[] { 2, 4 };
        return
        [
            Compare("add [8] + [8]", calls, rounds, () => a.add(b), new("aten::add", "Tensor"), a, b),
            Compare("add [8] + 1", calls, rounds, () => a.add(1), new("aten::add", "Scalar"), a, 1),
            Compare("view [8] as [2, 4]", calls, rounds, () => a.view(square), new("aten::view"), a, square),
            Compare("mm [4, 4] x [4, 4]", calls, rounds, () => m.mm(m), new("aten::mm"), m, m),
            Compare("cat 8 x [4]", calls, rounds, () => torch.cat(parts), new("aten::cat"), parts, 0),
            Compare("layer_norm [2, 16]", calls, rounds, () => torch.nn.functional.layer_norm(rows, width, gain, shift), new("aten::layer_norm"), rows, width, gain, shift, 1e-5),
            Compare("sum [2, 16] over 1", calls, rounds, () => rows.sum(1), new("aten::sum", "dim_IntList"), rows, new long[] { 1 }, false, Argument.None),
        ];
    }

    private static Cost Compare(string name, int calls, int rounds, Func<torch.Tensor> managed, Operator native, params ReadOnlySpan<Argument> arguments)
    {
        var (bestManaged, bestNative) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
                managed().Dispose();
            bestManaged = Math.Min(bestManaged, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            start = Stopwatch.GetTimestamp();
            native.RepeatNatively(calls, arguments);
            bestNative = Math.Min(bestNative, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        return new Cost(name, bestManaged / calls, bestNative / calls);
    }
}
