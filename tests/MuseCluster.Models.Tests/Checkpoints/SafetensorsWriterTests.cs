using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Tests.Checkpoints;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Failures => ["throws midway", "writes too little", "writes too much", "is cancelled", "cannot seek"];

    [Theory]
    [MemberData(nameof(Failures))]
    public void AFailingProviderLeavesNothing(string failure)
    {
        Assert.ThrowsAny<Exception>(() => WriteFailing(failure));
        Assert.Empty(folder.Names);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void AFailingProviderLeavesThePreviousFile(string failure)
    {
        byte[] previous = [1, 2, 3];
        folder.Write("t.safetensors", previous);
        Exception thrown = Assert.ThrowsAny<Exception>(() => WriteFailing(failure));
        Assert.Equal(["t.safetensors"], folder.Names);
        Assert.Equal(previous, File.ReadAllBytes(folder["t.safetensors"]));
        if (failure.StartsWith("writes", StringComparison.Ordinal))
        {
            Assert.IsType<InvalidOperationException>(thrown);
            Assert.Contains("tensor 'bad'", thrown.Message, StringComparison.Ordinal);
            Assert.Contains("takes 4000000", thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ASuccessReplacesThePreviousFileAndLeavesNoOther()
    {
        folder.Write("t.safetensors", "old");
        SafetensorsWriter.Write(folder["t.safetensors"], [Zeros("x", 4)]);
        Assert.Equal(["t.safetensors"], folder.Names);
        using var file = SafetensorsFile.Open(folder["t.safetensors"]);
        Assert.Equal("x", Assert.Single(file.Tensors).Key);
    }

    [Fact]
    public void ProvidersRunOneByOneInTheFilesOrder()
    {
        var order = new List<string>();
        TensorSource Recorded(string name, TensorDType dtype) => new(name, dtype, [1], stream =>
        {
            order.Add(name);
            for (int i = 0; i < dtype.ItemSize(); i++) stream.WriteByte(0);
        });
        SafetensorsWriter.Write(folder["o"], [Recorded("a", TensorDType.U8), Recorded("c", TensorDType.F32), Recorded("b", TensorDType.F32)]);
        Assert.Equal(["b", "c", "a"], order);
    }

    [Fact]
    public void TensorsThatCannotStandInAFileAreRefused()
    {
        Assert.Throws<ArgumentException>(() => Zeros("", 1));
        Assert.Throws<ArgumentException>(() => Zeros("__metadata__", 1));
        Assert.Throws<ArgumentException>(() => Zeros("\ud800", 1));
        Assert.Throws<ArgumentException>(() => Zeros("x", -1));
        Assert.Throws<ArgumentException>(() => TensorSource.FromBytes("x", TensorDType.F64, [long.MaxValue], default));
        Assert.Throws<ArgumentException>(() => TensorSource.FromBytes("x", TensorDType.U8, new long[17], default));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(folder["t"], [Zeros("x", 1), Zeros("x", 2)]));
        Assert.Throws<ArgumentException>(() =>
            SafetensorsWriter.Write(folder["t"], [], new Dictionary<string, string> { ["k"] = "\udc00" }));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void AMissingFolderIsAnIoError() =>
        Assert.ThrowsAny<IOException>(() => SafetensorsWriter.Write(folder["no/such/folder.safetensors"], [Zeros("x", 1)]));

    private static TensorSource Zeros(string name, long bytes) => new(name, TensorDType.U8, [bytes], stream => stream.Write(new byte[bytes]));

    private void WriteFailing(string failure)
    {
        const int bytes = 4_000_000;
        using var cancel = new CancellationTokenSource();
        var bad = new TensorSource("bad", TensorDType.F32, [bytes / 4], stream =>
        {
            stream.Write(new byte[bytes / 2]);
            switch (failure)
            {
                case "throws midway": throw new TimeoutException();
                case "writes too much": stream.Write(new byte[bytes]); break;
                case "is cancelled": cancel.Cancel(); stream.Write(new byte[bytes / 2]); break;
                case "cannot seek": stream.Seek(0, SeekOrigin.Begin); break;
            }
        });
        SafetensorsWriter.Write(folder["t.safetensors"], [Zeros("first", 100), bad, Zeros("last", 100)], cancellation: cancel.Token);
    }
}
