using System.Reflection;
using MuseCluster.Cluster.Ledger;

namespace MuseCluster.Cluster.Tests.Dispatch;

/// <summary>A ledger one of whose methods hangs until its caller gives up, as a database behind a broken network does.</summary>
public class StuckLedger : DispatchProxy
{
    private ILedger _ledger = null!;
    private string _method = "";

    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static ILedger Of(ILedger ledger, string method)
    {
        var proxy = Create<ILedger, StuckLedger>();
        ((StuckLedger)proxy)._ledger = ledger;
        ((StuckLedger)proxy)._method = method;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? method, object?[]? args)
    {
        if (method!.Name != _method)
            return method.Invoke(_ledger, args);
        Reached.TrySetResult();
        return Task.Delay(Timeout.InfiniteTimeSpan, (CancellationToken)args![^1]!);
    }
}
