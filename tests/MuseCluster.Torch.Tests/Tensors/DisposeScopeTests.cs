using static MuseCluster.Torch.torch;

namespace MuseCluster.Torch.Tests.Tensors;

public sealed class DisposeScopeTests
{
    [Fact]
    public void AScopeDisposesWhatWasMadeInIt()
    {
        using var before = ones(1);
        Tensor inside;
        using (var scope = NewDisposeScope())
        {
            inside = before + 1;
            Assert.Equal(1, scope.DisposablesCount);
            Assert.True(scope.Contains(inside));
            Assert.False(scope.Contains(before));
        }
        Assert.True(inside.IsDisposed);
        Assert.False(before.IsDisposed);
    }

    [Fact]
    public void ScopesNest()
    {
        using var outer = NewDisposeScope();
        var a = ones(1);
        Tensor b, c;
        using (NewDisposeScope())
        {
            b = ones(1);
            using (NewDisposeScope())
                c = ones(1);
            Assert.True(c.IsDisposed);
            Assert.False(b.IsDisposed);
        }
        Assert.True(b.IsDisposed);
        Assert.False(a.IsDisposed);
        Assert.Equal(1, outer.DisposablesCount);
    }

    [Fact]
    public void MovedTensorsOutliveTheirScopeButNotTheOuter()
    {
        Tensor a, b, c;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                (a, b) = inner.MoveToOuter(ones(1), ones(1));
                c = ones(1).MoveToOuterDisposeScope();
                inner.MoveToOuter([a, b]);
                Assert.Equal(0, inner.DisposablesCount);
            }
            Assert.Equal(3, outer.DisposablesCount);
            Assert.False(a.IsDisposed || b.IsDisposed || c.IsDisposed);
        }
        Assert.True(a.IsDisposed && b.IsDisposed && c.IsDisposed);
    }

    [Fact]
    public void MovedOutOfTheOutermostScopeATensorIsTheCallers()
    {
        Tensor a;
        using (var scope = NewDisposeScope())
            a = scope.MoveToOuter(ones(1));
        Assert.False(a.IsDisposed);
        a.Dispose();
    }

    [Fact]
    public void AScopeMovesOnlyWhatItHolds()
    {
        using var mine = ones(1);
        using (var outer = NewDisposeScope())
        {
            var outers = ones(1);
            using (var inner = NewDisposeScope())
            {
                inner.MoveToOuter(mine);
                inner.MoveToOuter(outers);
            }
            Assert.Equal(1, outer.DisposablesCount);
        }
        Assert.False(mine.IsDisposed);
    }

    [Fact]
    public void DetachedTensorsAreTheCallers()
    {
        Tensor a, b;
        using (NewDisposeScope())
        using (var inner = NewDisposeScope())
        {
            a = inner.Detach(ones(1));
            b = ones(1).DetachFromDisposeScope();
        }
        Assert.False(a.IsDisposed || b.IsDisposed);
        a.Dispose();
        b.Dispose();
    }

    [Fact]
    public void AttachedTensorsAreTheScopes()
    {
        var a = ones(1);
        using (var scope = NewDisposeScope())
        {
            scope.Attach(a);
            scope.Attach(a);
            Assert.Equal(1, scope.DisposablesCount);
        }
        Assert.True(a.IsDisposed);
    }

    [Fact]
    public void ParametersBelongToNoScope()
    {
        Modules.Parameter parameter;
        using (NewDisposeScope())
            parameter = new Modules.Parameter(ones(1));
        Assert.False(parameter.IsDisposed);
        parameter.Dispose();
    }

    [Fact]
    public void ScopesCloseInnermostFirstOnTheirOwnThread()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        Assert.Throws<InvalidOperationException>(outer.Dispose);
        Exception? elsewhere = null;
        var thread = new Thread(() => elsewhere = Record.Exception(inner.Dispose));
        thread.Start();
        thread.Join();
        Assert.IsType<InvalidOperationException>(elsewhere);
        inner.Dispose();
        inner.Dispose();
        outer.Dispose();
    }

    [Fact]
    public void AnExceptionClosesTheScope()
    {
        Tensor? made = null;
        Assert.Throws<TorchException>(() =>
        {
            using var scope = NewDisposeScope();
            made = ones(2);
            made.view(3);
        });
        Assert.True(made!.IsDisposed);
        using var after = ones(1);
        Assert.Null(after.Scope);
    }

    [Fact]
    public void ALongLoopInOneScopeKeepsOnlyWhatLives()
    {
        using var scope = NewDisposeScope();
        var kept = ones(1);
        for (var i = 0; i < 2000; i++)
            ones(1).Dispose();
        Assert.Equal(1, scope.DisposablesCount);
        var references = Enumerable.Range(0, 2000).Select(_ => Make()).ToArray();
        for (var i = 0; i < 2000; i++)
            ones(1).Dispose();
        GC.Collect();
        Assert.True(references.Count(r => r.IsAlive) < 600);
        Assert.False(kept.IsDisposed);

        static WeakReference Make()
        {
            var t = ones(1);
            t.Dispose();
            return new WeakReference(t);
        }
    }
}
