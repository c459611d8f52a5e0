using System.Text.Json;
using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Import;

/// <summary>Reads the <c>scheduler_config.json</c> of diffusers' <c>AmusedScheduler</c>.</summary>
internal static class SchedulerCheck
{
    private static readonly string[] Schedules = ["cosine", "linear"];

    /// <summary>The schedule that it names, after its mask is found to be the network's.</summary>
    /// <param name="scheduler">The scheduler.</param>
    /// <param name="maskId">The network's mask.</param>
    /// <exception cref="CheckpointException">The mask is another, or the schedule is unknown.</exception>
    public static string Schedule(FoundPart scheduler, int maskId)
    {
        string file = Path.Combine(scheduler.Folder, "scheduler_config.json");
        var problems = new List<string>();
        if (scheduler.Config.TryGetProperty("mask_token_id", out var mask) && !(mask.TryGetInt32Safely(out int id) && id == maskId))
            problems.Add($"mask_token_id: found {CheckpointException.Quote(mask.GetRawText())}, expected {maskId} like the transformer's");
        string schedule = scheduler.Config.TryGetProperty("masking_schedule", out var name) ? name.ToString() : Schedules[0];
        if (!Schedules.Contains(schedule))
            problems.Add($"masking_schedule: found {CheckpointException.Quote(schedule)}, expected {string.Join(" or ", Schedules)}");
        return problems.Count == 0 ? schedule : throw new CheckpointException(file, null, "does not go with the transformer:", problems);
    }

    private static bool TryGetInt32Safely(this JsonElement element, out int number)
    {
        number = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out number);
    }
}
