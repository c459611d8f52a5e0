using MuseCluster.Generation.Randomness;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Tests.Shared;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Families;

/// <summary>The inputs and outputs of a golden case as arrays.</summary>
internal sealed class Recording
{
    private readonly Dictionary<string, (long[] Shape, float[] Numbers, long[] Integers)> _tensors = [];

    public Recording(string name)
    {
        Folder = Path.Combine(Repository.Root, "tests", "golden", name);
        foreach (string file in new[] { "inputs", "outputs" })
        {
            using var opened = SafetensorsFile.Open(Path.Combine(Folder, $"{file}.safetensors"));
            foreach (TensorView view in opened.Tensors.Values)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor tensor = view.ToTensor();
                bool whole = view.DType == TensorDType.I64;
                _tensors.Add(view.Name, (view.Shape, whole ? [] : tensor.to(float32).ToArray<float>(), whole ? tensor.ToArray<long>() : []));
            }
        }
    }

    public string Folder { get; }

    public bool Has(string name) => _tensors.ContainsKey(name);

    public long[] Shape(string name) => _tensors[name].Shape;

    public float[] Numbers(string name) => _tensors[name].Numbers;

    public long[] Integers(string name) => _tensors[name].Integers;

    /// <summary>The logits of a position, of [B, C, H, W] or [B, N, C].</summary>
    public float[] Row(string name, int picture, int position)
    {
        var (shape, numbers, _) = _tensors[name];
        int codes = (int)(shape.Length == 4 ? shape[1] : shape[2]), positions = numbers.Length / ((int)shape[0] * codes), first = picture * positions * codes;
        return [.. Enumerable.Range(0, codes).Select(c => numbers[first + (shape.Length == 4 ? (c * positions) + position : (position * codes) + c)])];
    }
}

/// <summary>
/// Recorded draws as randomness. The reference picks argmax(p / exponential); the decoder picks by inverse CDF, and is given the
/// uniform number in the middle of that token's share.
/// </summary>
internal sealed class RecordedDraws(Recording recording, int picture, int positions, string logits, int firstStep = 0) : ITokenRandom
{
    public (float Token, float Noise) Draw(int step, int position)
    {
        int record = step - firstStep, at = (picture * positions) + position;
        // What the reference drew before its first step says which tokens it masked.
        if (record < 0)
            return (recording.Numbers("add_noise_uniform")[at], 0);
        double[] weights = [.. recording.Row($"{logits}_{record}", picture, position).Select(l => Math.Exp(l))];
        float[] exponential = recording.Numbers($"exponential_{record}").AsSpan(at * weights.Length, weights.Length).ToArray();
        int token = Enumerable.Range(0, weights.Length).MaxBy(c => weights[c] / exponential[c]);
        double below = weights.Take(token).Sum();
        return ((float)((below + (weights[token] / 2)) / weights.Sum()), recording.Numbers($"uniform_{record}")[at]);
    }
}
