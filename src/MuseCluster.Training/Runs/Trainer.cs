using System.Diagnostics;
using System.Globalization;
using MuseCluster.Generation.Pictures;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Torch;
using MuseCluster.Training.Recipes;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Runs;

/// <summary>
/// Trains one stage in a folder: <c>state.safetensors</c> to resume from, <c>metrics.csv</c>, <c>loss.png</c> and
/// <c>samples.png</c>, and at the end <c>weights.safetensors</c>. The state is written whole or not at all, so that a kill
/// at any moment costs at most the steps since the last one.
/// </summary>
/// <param name="stage">What is trained.</param>
/// <param name="options">How.</param>
/// <param name="folder">Where; made if absent.</param>
/// <param name="time">The clock.</param>
public sealed class Trainer(TrainingStage stage, TrainingOptions options, string folder, TimeProvider time)
{
    private const string StateFile = "state.safetensors";

    /// <summary>The file that a finished run leaves.</summary>
    public const string WeightsFile = "weights.safetensors";

    /// <summary>How often the state is written.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Trains to the last step, from the saved state if there is one. A finished run returns at once.</summary>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellation">Saves and stops.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the state is saved.</exception>
    /// <exception cref="InvalidOperationException">The loss is no finite number.</exception>
    public void Run(IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        using var optimizer = optim.AdamW(
            stage.Network.parameters().Where(p => p.requires_grad), options.LearningRate, options.Beta1, options.Beta2, weight_decay: options.WeightDecay);
        using var average = options.EmaDecay > 0 ? new ExponentialMovingAverage(stage.Network, options.EmaDecay) : null;
        var first = Load(optimizer, average);
        if (first >= options.Steps && File.Exists(Path.Combine(folder, WeightsFile)))
            return;

        var log = new MetricLog(Path.Combine(folder, "metrics.csv"), first);
        var started = time.GetTimestamp();
        var saved = started;
        var smooth = double.NaN;
        for (var step = first; step < options.Steps; step++)
        {
            var loss = Step(step, optimizer, log);
            if (!double.IsFinite(loss))
                throw new InvalidOperationException($"The loss of step {step} is {loss}: the run diverged. Lower LearningRate in the recipe, delete {folder} and start again.");
            average?.Update(step);
            stage.AfterStep(step);
            smooth = double.IsNaN(smooth) ? loss : (0.98 * smooth) + (0.02 * loss);

            var elapsed = time.GetElapsedTime(started);
            var speed = (step + 1 - first) / Math.Max(1e-9, elapsed.TotalSeconds);
            progress?.Report(new TrainingProgress(step + 1, options.Steps, smooth, speed * options.BatchSize, TimeSpan.FromSeconds((options.Steps - step - 1) / speed)));
            if (cancellation.IsCancellationRequested || time.GetElapsedTime(saved) >= SaveEvery)
            {
                Save(step + 1, optimizer, average, log);
                cancellation.ThrowIfCancellationRequested();
                saved = time.GetTimestamp();
            }
        }
        Save(options.Steps, optimizer, average, log);
        average?.Swap();
        CheckpointTensors.Save(Path.Combine(folder, WeightsFile), stage.Network.state_dict());
        DrawSamples();
    }

    private double Step(long step, optim.Optimizer optimizer, MetricLog log)
    {
        using var scope = NewDisposeScope();
        optimizer.LearningRate = options.RateAt(step);
        optimizer.zero_grad();
        var metrics = new Dictionary<string, double>();
        var loss = stage.Loss(step, metrics);
        loss.backward();
        nn.utils.clip_grad_norm_(stage.Network.parameters(), options.GradientClip);
        optimizer.step();
        var value = loss.item<float>();
        log.Add(step, "loss", value);
        foreach (var (name, metric) in metrics)
            log.Add(step, name, metric);
        return value;
    }

    private void Save(long step, optim.Optimizer optimizer, ExponentialMovingAverage? average, MetricLog log)
    {
        CheckpointTensors.Save(
            Path.Combine(folder, StateFile), Everything(optimizer, average),
            metadata: new Dictionary<string, string> { ["step"] = step.ToString(CultureInfo.InvariantCulture) });
        log.Save();
        File.WriteAllBytes(Path.Combine(folder, "loss.png"), Png.Encode(log.Draw(Path.GetFileName(folder))));
        average?.Swap();
        DrawSamples();
        average?.Swap();
    }

    private void DrawSamples()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        stage.Network.eval();
        if (stage.Draw() is { } sheet)
            File.WriteAllBytes(Path.Combine(folder, "samples.png"), Png.Encode(sheet));
        stage.Network.train();
    }

    private long Load(optim.Optimizer optimizer, ExponentialMovingAverage? average)
    {
        var path = Path.Combine(folder, StateFile);
        if (!File.Exists(path))
            return 0;
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var checkpoint = Checkpoint.Open(path);
        var targets = Everything(optimizer, average).ToDictionary();
        TensorRequirement.Check(checkpoint, targets.Select(t => new TensorRequirement(t.Key, t.Value.shape)));
        foreach (var (name, target) in targets)
            target.copy_(checkpoint[name].ToTensor());
        return long.Parse(checkpoint.Files[0].Metadata["step"], CultureInfo.InvariantCulture);
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Everything(optim.Optimizer optimizer, ExponentialMovingAverage? average) =>
        Prefixed("network.", stage.Network.state_dict())
            .Concat(Prefixed("optimizer.", optimizer.state_dict()))
            .Concat(Prefixed("average.", average?.Averages ?? []))
            .Concat(Prefixed("stage.", stage.State));

    private static IEnumerable<KeyValuePair<string, Tensor>> Prefixed(string prefix, IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        tensors.Select(t => KeyValuePair.Create(prefix + t.Key, t.Value));
}
