using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Tests.Checkpoints;

public sealed class MappedMemoryTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly string path;

    public MappedMemoryTests()
    {
        path = folder["m.safetensors"];
        SafetensorsWriter.Write(path, [TensorSource.FromBytes("x", TensorDType.U8, [4], new byte[] { 9, 8, 7, 6 })]);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ALeaseOutlivesItsFileAndTheLastOneUnmaps()
    {
        var file = SafetensorsFile.Open(path);
        TensorView view = file.Tensors["x"];
        MemoryLease first = view.Lease(), second = view.Lease();

        file.Dispose();
        file.Dispose();
        Assert.False(view.Owner.IsReleased);
        first.Dispose();
        first.Dispose();
        Assert.False(view.Owner.IsReleased);
        Assert.Equal([9, 8, 7, 6], view.Bytes.ToArray());
        if (MappedFiles.Known) Assert.True(MappedFiles.IsMapped(path));

        second.Dispose();
        Assert.True(view.Owner.IsReleased);
        if (MappedFiles.Known) Assert.False(MappedFiles.IsMapped(path));
    }

    [Fact]
    public void AfterTheEndEveryAccessThrows()
    {
        var file = SafetensorsFile.Open(path);
        TensorView view = file.Tensors["x"];
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => view.Pointer);
        Assert.Throws<ObjectDisposedException>(() => view.Bytes.Length);
        Assert.Throws<ObjectDisposedException>(() => view.Lease());
        Assert.Equal("x", view.Name);
        Assert.Equal([4], view.Shape);
    }

    [Fact]
    public void ALeaseKeepsTheMemoryWhenTheFileIsReplacedOrDeleted()
    {
        TensorView view;
        MemoryLease lease;
        using (var file = SafetensorsFile.Open(path))
        {
            view = file.Tensors["x"];
            lease = view.Lease();
            SafetensorsWriter.Write(path, [TensorSource.FromBytes("x", TensorDType.U8, [4], new byte[4])]);
        }

        File.Delete(path);
        Assert.Equal([9, 8, 7, 6], view.Bytes.ToArray());
        lease.Dispose();
    }

    [Fact]
    public async Task LeasesFromManyThreadsEndInOneUnmapping()
    {
        var file = SafetensorsFile.Open(path);
        TensorView view = file.Tensors["x"];
        using var started = new Barrier(5);
        Task[] readers =
        [
            .. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
            {
                started.SignalAndWait();
                for (int i = 0; i < 20_000; i++)
                {
                    try
                    {
                        using MemoryLease lease = view.Lease();
                        if (view.Bytes[0] != 9) throw new InvalidOperationException("the memory changed under a lease");
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                }
            }, TaskCreationOptions.LongRunning)),
        ];
        started.SignalAndWait();
        file.Dispose();
        await Task.WhenAll(readers);
        Assert.True(view.Owner.IsReleased);
    }

    [Fact]
    public void AForgottenFileIsUnmappedByTheCollector()
    {
        if (!MappedFiles.Known) return;
        Forget(path);
        for (int i = 0; i < 10 && MappedFiles.IsMapped(path); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(MappedFiles.IsMapped(path));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Forget(string path)
    {
        MemoryLease lease = SafetensorsFile.Open(path).Tensors["x"].Lease();
        Assert.NotNull(lease);
    }

    [Fact]
    public void AHugeSparseFileOpensWithoutBeingRead()
    {
        const long bytes = 300L << 20;
        byte[] head = SafetensorsBytes.Of($$$"""{"x":{"dtype":"U8","shape":[{{{bytes}}}],"data_offsets":[0,{{{bytes}}}]}}""", 0);
        string sparse = folder.Write("sparse.safetensors", head);
        using (var stream = new FileStream(sparse, FileMode.Open)) stream.SetLength(head.Length + bytes);

        long allocated = GC.GetAllocatedBytesForCurrentThread();
        using var checkpoint = Checkpoint.Open(sparse);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        Assert.Equal(bytes, checkpoint["x"].ByteLength);
        Assert.InRange(allocated, 0, 1 << 20);
        if (MappedFiles.Known) Assert.InRange(MappedFiles.ResidentBytes(sparse), 0, 5 << 20);
        Assert.Equal(0, checkpoint["x"].Slice(bytes - 1, 1)[0]);
    }
}
