using System.Globalization;
using MuseCluster.Cluster.Mesh;
using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Tests.Mesh;

/// <summary>Messages and events to send, and how to compare them: records hold arrays, which only know identity.</summary>
internal static class MeshSamples
{
    public static StageMessage Message(int index = 0, Guid? job = null, PriorityClass @class = PriorityClass.Batch) => new()
    {
        Item = new Item(new ItemId(job ?? Guid.NewGuid(), index), "acme", "shapes", @class, new GenerationRequest { Prompt = "a red disc" }, 1),
    };

    public static StageMessage Full() => new()
    {
        Item = new Item(
            new ItemId(Guid.NewGuid(), 7),
            "acme",
            "shapes",
            PriorityClass.Interactive,
            new GenerationRequest
            {
                Prompt = "a \"red\" disc \u2014 ein roter Kreis \U0001F534",
                Negative = "blue",
                Seed = ulong.MaxValue,
                Picture = 3,
                Steps = 11,
                SrSteps = 5,
                Guidance = 2.5,
                SrGuidance = 1.25,
                Temperature = 0.1,
                MinP = 0.05,
                Schedule = "linear",
            },
            2),
        Prompt = new EncodedText(new(2, 3), new byte[26], null),
        Negative = new EncodedText(new(77, 768, 512), null, "acme/embeddings/00ff"),
        BaseGrid = [0, 1, 255, 256, ushort.MaxValue],
        SuperresGrid = [9, 8, 7],
        Partial = new PartialPicture([5, 4, 3], 6),
        Timings =
        [
            new StageTiming(Stage.Text, "silo-1", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)).AddTicks(7), 0.125),
            new StageTiming(Stage.Base, "silo-2", DateTimeOffset.UnixEpoch, 1e-9),
        ],
        Strikes = 2,
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    public static ItemEvent Event(string tenant = "acme", Guid? job = null, int step = 0) =>
        new(new ItemId(job ?? Guid.NewGuid(), 1), tenant, ItemState.Running, Stage.Base, step, 24, [1, 2, 3]);

    public static void AssertEqual(StageMessage expected, StageMessage actual) => Assert.Equal(Lines(expected), Lines(actual));

    public static void AssertEqual(ItemEvent expected, ItemEvent actual) => Assert.Equal(
        (expected with { Grid = null }, Codes(expected.Grid)), (actual with { Grid = null }, Codes(actual.Grid)));

    private static string[] Lines(StageMessage m) =>
    [
        m.Item.ToString(), Text(m.Prompt), Text(m.Negative), Codes(m.BaseGrid), Codes(m.SuperresGrid),
        m.Partial is null ? "none" : $"{m.Partial.Step}: {Codes(m.Partial.Grid)}",
        .. m.Timings.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Stage} {t.Silo} {t.Received.UtcTicks} {t.Seconds:R}")),
        m.TraceParent ?? "none", $"{m.Strikes}",
    ];

    private static string Text(EncodedText? text) => text is null
        ? "none"
        : $"{text.Shape} {(text.Data is { } data ? Convert.ToHexString(data.Span) : "none")} {text.Artifact ?? "none"}";

    private static string Codes(ushort[]? grid) => grid is null ? "none" : $"[{string.Join(' ', grid)}]";
}
