using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Tests.Mesh;

public class CodecTests
{
    private static readonly Gen<string> Strings = ArbMap.Default.GeneratorFor<string?>()
        // UTF-8 has no halves of surrogate pairs.
        .Select(s => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s ?? "")));

    private static readonly Gen<ushort[]> Grids = Gen.Choose(0, ushort.MaxValue).Select(c => (ushort)c).ArrayOf();

    private static readonly Gen<EncodedText> Texts =
        from length in Gen.Choose(0, 5)
        from width in Gen.Choose(0, 9)
        from pooled in Gen.Choose(0, 3)
        from bytes in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf((((length * width) + pooled) * 4) + length)
        from artifact in Gen.OrNull(Strings)
        from inline in ArbMap.Default.GeneratorFor<bool>()
        select new EncodedText(new(length, width, pooled), inline && artifact is null ? bytes : (ReadOnlyMemory<byte>?)null, artifact);

    private static readonly Gen<ItemId> Ids =
        from job in ArbMap.Default.GeneratorFor<Guid>()
        from index in Gen.Choose(0, int.MaxValue)
        select new ItemId(job, index);

    private static readonly Gen<GenerationRequest> Requests =
        from prompt in Strings
        from negative in Strings
        from seed in ArbMap.Default.GeneratorFor<ulong>()
        from picture in ArbMap.Default.GeneratorFor<uint>()
        from steps in Gen.Choose(0, 100)
        from guidance in ArbMap.Default.GeneratorFor<NormalFloat>()
        from schedule in Strings
        select new GenerationRequest { Prompt = prompt, Negative = negative, Seed = seed, Picture = picture, Steps = steps, Guidance = guidance.Get, Schedule = schedule };

    private static readonly Gen<StageTiming> Timings =
        from stage in Gen.Elements(Enum.GetValues<Stage>())
        from silo in Strings
        from received in ArbMap.Default.GeneratorFor<DateTimeOffset>()
        from seconds in ArbMap.Default.GeneratorFor<double>()
        from device in ArbMap.Default.GeneratorFor<double>()
        select new StageTiming(stage, silo, received, seconds, device);

    private static readonly Gen<StageMessage> Messages =
        from id in Ids
        from tenant in Strings
        from model in Strings
        from @class in Gen.Elements(Enum.GetValues<PriorityClass>())
        from request in Requests
        from attempt in Gen.Choose(0, int.MaxValue)
        from prompt in Gen.OrNull(Texts)
        from negative in Gen.OrNull(Texts)
        from grids in Gen.OrNull(Grids).Three()
        from step in Gen.Choose(0, int.MaxValue)
        from timings in Timings.ArrayOf()
        from trace in Gen.OrNull(Strings)
        select new StageMessage
        {
            Item = new Item(id, tenant, model, @class, request, attempt),
            Prompt = prompt,
            Negative = negative,
            BaseGrid = grids.Item1,
            SuperresGrid = grids.Item2,
            Partial = grids.Item3 is null ? null : new PartialPicture(grids.Item3, step),
            Timings = timings,
            TraceParent = trace,
            Strikes = trace?.Length ?? 0,
        };

    private static readonly Gen<ItemEvent> Events =
        from id in Ids
        from tenant in Strings
        from state in Gen.Elements(Enum.GetValues<ItemState>())
        from stage in Gen.Elements([null, .. Enum.GetValues<Stage>().Select(s => (Stage?)s)])
        from step in Gen.Choose(0, int.MaxValue)
        from steps in Gen.Choose(0, int.MaxValue)
        from grid in Gen.OrNull(Grids)
        from reason in Gen.OrNull(Strings)
        select new ItemEvent(id, tenant, state, stage, step, steps, grid, reason);

    [Fact]
    public void Every_message_comes_back_as_it_was() => Prop.ForAll(Messages.ToArbitrary(), message =>
        MeshSamples.AssertEqual(message, StageMessageCodec.Decode(StageMessageCodec.Encode(message).Span))).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_event_comes_back_as_it_was() => Prop.ForAll(Events.ToArbitrary(), e =>
        MeshSamples.AssertEqual(e, ItemEventCodec.Decode(ItemEventCodec.Encode(e).Span))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_message_that_ends_early_is_refused_wherever_it_ends()
    {
        var bytes = StageMessageCodec.Encode(MeshSamples.Full()).ToArray();
        for (var length = 0; length < bytes.Length; length++)
            Assert.Contains($"of {length} bytes", Assert.Throws<FormatException>(() => StageMessageCodec.Decode(bytes.AsSpan(0, length))).Message);
        Assert.Contains("1 bytes after its end", Assert.Throws<FormatException>(() => StageMessageCodec.Decode([.. bytes, 0])).Message);
    }

    [Fact]
    public void An_event_that_ends_early_is_refused_wherever_it_ends()
    {
        var bytes = ItemEventCodec.Encode(MeshSamples.Event() with { Reason = "because" }).ToArray();
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<FormatException>(() => ItemEventCodec.Decode(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void Changed_bytes_decode_to_something_or_are_refused_without_filling_the_memory()
    {
        var random = new Random(1);
        var message = StageMessageCodec.Encode(MeshSamples.Full()).ToArray();
        var e = ItemEventCodec.Encode(MeshSamples.Event() with { Reason = "because" }).ToArray();
        var refused = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])(i % 2 == 0 ? message : e).Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                if (i % 2 == 0)
                    StageMessageCodec.Decode(bytes);
                else
                    ItemEventCodec.Decode(bytes);
            }
            catch (FormatException)
            {
                refused++;
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256 << 10);
        }
        Assert.InRange(refused, 1_000, 19_000);
    }

    [Fact]
    public void A_newer_version_is_refused_by_its_number()
    {
        var bytes = StageMessageCodec.Encode(MeshSamples.Full()).ToArray();
        bytes[4]++;
        Assert.Contains("is of version 4, expected 3", Assert.Throws<FormatException>(() => StageMessageCodec.Decode(bytes)).Message);
    }

    [Fact]
    public void An_event_is_no_message() => Assert.Contains(
        "does not start with 'MUSM'", Assert.Throws<FormatException>(() => StageMessageCodec.Decode(ItemEventCodec.Encode(MeshSamples.Event()).Span)).Message);

    [Theory]
    [InlineData("null", "holds no request")]
    [InlineData("{}", "holds a request that is none")]
    [InlineData("{\"prompt\":null}", "holds a request that is none")]
    [InlineData("{\"prompt\":1}", "holds a request that is none")]
    public void A_request_that_is_none_is_refused(string json, string expected)
    {
        var writer = new WireWriter("MUSM"u8, StageMessageCodec.Version, 256);
        writer.Guid(Guid.NewGuid());
        writer.Int32(0);
        writer.Text("acme");
        writer.Text("shapes");
        writer.Byte((byte)PriorityClass.Batch);
        writer.Text(json);
        Assert.Contains(expected, Assert.Throws<FormatException>(() => StageMessageCodec.Decode(writer.Written.Span)).Message);
    }

    [Fact]
    public void A_grid_that_claims_more_than_there_is_is_refused_before_it_is_made()
    {
        var bytes = ItemEventCodec.Encode(MeshSamples.Event()).ToArray();
        var grid = bytes.AsSpan().IndexOf<byte>([3, 0, 0, 0, 1, 0, 2, 0, 3, 0]);
        BitConverter.TryWriteBytes(bytes.AsSpan(grid), int.MaxValue);
        Assert.Contains("grid has a length of 2147483647", Assert.Throws<FormatException>(() => ItemEventCodec.Decode(bytes)).Message);
    }
}
