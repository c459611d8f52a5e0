using MuseCluster.Cluster.Work;
using MuseCluster.Generation.Pipelines;
using MuseCluster.Models.Prompts;

namespace MuseCluster.Cluster.Mesh;

/// <summary>An item on its way, with all that the next stage needs.</summary>
public sealed record StageMessage
{
    /// <summary>The item.</summary>
    public required Item Item { get; init; }

    /// <summary>The prompt as the transformers see it; null before the text stage.</summary>
    public EncodedText? Prompt { get; init; }

    /// <summary>The negative prompt, where there is guidance.</summary>
    public EncodedText? Negative { get; init; }

    /// <summary>The base grid, row-major; null before it is decoded.</summary>
    public ushort[]? BaseGrid { get; init; }

    /// <summary>The super-resolution grid, row-major; null before it is decoded.</summary>
    public ushort[]? SuperresGrid { get; init; }

    /// <summary>Where decoding goes on, for an item that left a silo between two steps.</summary>
    public PartialPicture? Partial { get; init; }

    /// <summary>What each stage took, in order.</summary>
    public IReadOnlyList<StageTiming> Timings { get; init; } = [];

    /// <summary>How often the item became undeliverable: it may be what its grains died of.</summary>
    public int Strikes { get; init; }

    /// <summary>The trace that the item belongs to, as W3C's traceparent writes it; null where nobody traces.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>A text's embedding: inline, or as an artifact where it is large.</summary>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Data">
/// Length x Width float32, little-endian, Pooled more, then Length bytes that are 1 where a position is no padding; null where it
/// is an artifact that was not fetched.
/// </param>
/// <param name="Artifact">The path of the artifact that has the data; null where it is inline.</param>
public sealed record EncodedText(PromptShape Shape, ReadOnlyMemory<byte>? Data, string? Artifact)
{
    /// <summary>The largest data that travels inline, in bytes.</summary>
    public const int MaxInline = 64 << 10;

    /// <summary>Bytes of the data.</summary>
    public long Bytes => BytesOf(Shape);

    /// <summary>Bytes of an embedding's data.</summary>
    /// <param name="shape">Its dimensions.</param>
    public static long BytesOf(PromptShape shape) => ((((long)shape.Length * shape.Width) + shape.Pooled) * sizeof(float)) + shape.Length;
}

/// <summary>What a stage took.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Silo">Where.</param>
/// <param name="Received">When the grain got the item.</param>
/// <param name="Seconds">From there until it was done with it.</param>
/// <param name="DeviceSeconds">Seconds of these that the device computed for it; of a step of several items each has its share.</param>
public sealed record StageTiming(Stage Stage, string Silo, DateTimeOffset Received, double Seconds, double DeviceSeconds = 0);
