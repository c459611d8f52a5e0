using MuseCluster.Training.Recipes;
using MuseCluster.Training.Runs;
var plan = new TrainingPlan(Recipe.Load(args[0]), args[1], TimeProvider.System);
MuseCluster.Torch.torch.set_num_threads(int.Parse(args[2]));
var last = DateTime.UtcNow;
var progress = new P(p => { if (DateTime.UtcNow - last > TimeSpan.FromSeconds(10) || p.Step == p.Steps) { last = DateTime.UtcNow; Console.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {p.Step}/{p.Steps} loss {p.Loss:F4} {p.SamplesPerSecond:F1}/s left {p.Remaining:hh\\:mm\\:ss}"); } });
foreach (var stage in args[3..]) { Console.WriteLine(stage); plan.Run(stage, progress, default); }
internal sealed class P(Action<TrainingProgress> a) : IProgress<TrainingProgress> { public void Report(TrainingProgress v) => a(v); }
