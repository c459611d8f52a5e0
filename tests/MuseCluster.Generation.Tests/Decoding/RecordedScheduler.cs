using System.Text.Json;
using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Tests.Families;
using MuseCluster.Models.Networks;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Decoding;

/// <summary>
/// A golden case of aMUSEd's scheduler as a network and as randomness: the logits that it was given, and the numbers that it
/// drew, so that the project's own decoder has to come to the same grids.
/// </summary>
internal sealed class RecordedScheduler : IMaskedTransformer
{
    private readonly Recording recording;

    public RecordedScheduler(string name)
    {
        recording = new Recording(name);
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(recording.Folder, "scheduler_config.json")));
        Assert.True(MaskSchedules.TryParse(document.RootElement.GetProperty("masking_schedule").GetString()!, out MaskSchedule schedule));
        Temperatures = recording.Numbers("temperatures");
        long[] draws = recording.Shape("exponential_0");
        Options = new DecodingOptions
        {
            Rule = DecodingRule.Amused,
            Steps = Temperatures.Length,
            Schedule = schedule,
            Guidance = 0,
            Temperature = Temperatures[0],
            FinalTemperature = Temperatures[^1],
        };
        (Pictures, int side) = ((int)draws[0], (int)Math.Sqrt(draws[1]));
        Shape = new MaskedTransformerShape
        {
            CodebookSize = (int)draws[2], MaskId = document.RootElement.GetProperty("mask_token_id").GetInt32(), Height = side, Width = side, Dim = 4, RowLayers = [], Prompt = new(1, 1),
        };
        Assert.Equal(draws[1], Shape.Tokens);
    }

    public MaskedTransformerShape Shape { get; }

    public DecodingOptions Options { get; }

    public float[] Temperatures { get; }

    public int Pictures { get; }

    /// <summary>Which step's logits the network gives.</summary>
    public int Step { get; set; }

    public long[] Output(string name) => recording.Integers(name);

    public MaskedPicture Start(int picture)
    {
        ushort[] grid = [.. recording.Integers("sample_0").Skip(picture * Shape.Tokens).Take(Shape.Tokens).Select(t => (ushort)t)];
        return new MaskedPicture(
            Shape, grid, 0, Shape.Tokens, Options, new Conditioning([], [], zeros(1, 1, 1, 1)).Keep(), new RecordedDraws(recording, picture, Shape.Tokens, "logits"));
    }

    public Conditioning Condition(ConditioningInput input) => throw new NotSupportedException("the logits are recorded");

    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        Assert.Equal((Pictures, 1), (layout.Pictures, layout.Groups));
        float[] all = [.. Enumerable.Range(0, Pictures * Shape.Tokens).SelectMany(row => recording.Row($"logits_{Step}", row / Shape.Tokens, row % Shape.Tokens))];
        return tensor(all, [Pictures * Shape.Tokens, Shape.CodebookSize]).index_select(0, rows!);
    }

    public void Dispose()
    {
    }
}
