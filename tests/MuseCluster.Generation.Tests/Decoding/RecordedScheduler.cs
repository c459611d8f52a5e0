using System.Text.Json;
using MuseCluster.Generation.Decoding;
using MuseCluster.Generation.Randomness;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks.Muse;
using MuseCluster.Tests.Shared;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Decoding;

/// <summary>
/// A golden case of aMUSEd's scheduler as a network and as randomness: the logits that it was given, and the numbers that it
/// drew, so that the project's own decoder has to come to the same grids.
/// </summary>
internal sealed class RecordedScheduler : IMaskedTransformer
{
    private readonly Dictionary<string, (long[] Shape, float[] Numbers, long[] Integers)> tensors = [];
    private readonly int mask, positions;

    public RecordedScheduler(string name)
    {
        string folder = Path.Combine(Repository.Root, "tests", "golden", name);
        foreach (string file in new[] { "inputs", "outputs" })
        {
            using var opened = SafetensorsFile.Open(Path.Combine(folder, $"{file}.safetensors"));
            foreach (TensorView view in opened.Tensors.Values)
            {
                using Tensor tensor = view.ToTensor();
                bool whole = view.DType == TensorDType.I64;
                tensors.Add(view.Name, (view.Shape, whole ? [] : tensor.ToArray<float>(), whole ? tensor.ToArray<long>() : []));
            }
        }

        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "scheduler_config.json")));
        mask = document.RootElement.GetProperty("mask_token_id").GetInt32();
        Assert.True(MaskSchedules.TryParse(document.RootElement.GetProperty("masking_schedule").GetString()!, out MaskSchedule schedule));
        Temperatures = tensors["temperatures"].Numbers;
        long[] draws = tensors["exponential_0"].Shape;
        (Pictures, positions) = ((int)draws[0], (int)draws[1]);
        Options = new DecodingOptions
        {
            Rule = DecodingRule.Amused,
            Steps = Temperatures.Length,
            Schedule = schedule,
            Guidance = 0,
            Temperature = Temperatures[0],
            FinalTemperature = Temperatures[^1],
        };
        int side = (int)Math.Sqrt(positions);
        Assert.Equal(positions, side * side);
        Config = new RecordedConfig(mask)
        {
            CodebookSize = (int)draws[2], GridSize = side, TextDim = 1, TextLength = 1, Dim = 4, Layers = 1, Heads = 1, MlpDim = 1, TokenDim = 1,
        };
    }

    public MuseTransformerConfig Config { get; }

    public DecodingOptions Options { get; }

    public float[] Temperatures { get; }

    public int Pictures { get; }

    /// <summary>Which step's logits the network gives.</summary>
    public int Step { get; set; }

    public long[] Output(string name) => tensors[name].Integers;

    public MaskedPicture Start(int picture)
    {
        ushort[] grid = [.. tensors["sample_0"].Integers.Skip(picture * positions).Take(positions).Select(t => (ushort)t)];
        return new MaskedPicture(grid, mask, 0, positions, Options, new Conditioning([], [], zeros(1, 1, 1, 1)).Keep(), new Draws(this, picture));
    }

    public Tensor Logits(Tensor tokens, RowLayout layout, Conditioning conditioning, Tensor? rows)
    {
        Assert.Equal((Pictures, 1), (layout.Pictures, layout.Groups));
        float[] all = [.. Enumerable.Range(0, Pictures * positions).SelectMany(row => Row(Step, row / positions, row % positions))];
        return tensor(all, [Pictures * positions, Config.CodebookSize]).index_select(0, rows!);
    }

    // The reference has logits as [B, C, H, W], or where its grids are rows of tokens, as [B, N, C].
    private float[] Row(int step, int picture, int position)
    {
        var (shape, numbers, _) = tensors[$"logits_{step}"];
        int codes = Config.CodebookSize, first = picture * positions * codes;
        return [.. Enumerable.Range(0, codes).Select(c => numbers[first + (shape.Length == 4 ? (c * positions) + position : (position * codes) + c)])];
    }

    private sealed record RecordedConfig(int Mask) : MuseTransformerConfig
    {
        public override int MaskId => Mask;
    }

    /// <summary>
    /// The recorded draws. The reference picks argmax(p / exponential); the decoder picks by inverse CDF, and is given the
    /// uniform number in the middle of that token's share.
    /// </summary>
    private sealed class Draws(RecordedScheduler golden, int picture) : ITokenRandom
    {
        public (float Token, float Noise) Draw(int step, int position)
        {
            int at = (picture * golden.positions) + position;
            double[] weights = [.. golden.Row(step, picture, position).Select(l => Math.Exp(l))];
            float[] exponential = golden.tensors[$"exponential_{step}"].Numbers.AsSpan(at * weights.Length, weights.Length).ToArray();
            int token = Enumerable.Range(0, weights.Length).MaxBy(c => weights[c] / exponential[c]);
            double below = weights.Take(token).Sum();
            return ((float)((below + (weights[token] / 2)) / weights.Sum()), golden.tensors[$"uniform_{step}"].Numbers[at]);
        }
    }
}
