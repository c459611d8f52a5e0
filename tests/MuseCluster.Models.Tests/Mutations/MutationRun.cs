using System.Diagnostics;
using System.Text;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks;
using MuseCluster.Models.Tests.Checkpoints;
using MuseCluster.Models.Tokenizers;
using Xunit.Abstractions;

namespace MuseCluster.Models.Tests.Mutations;

/// <summary>
/// Loads damaged files one after another. Each loads, or is refused by one of the exceptions that are for this, in a message that
/// names the file and, where one is to blame, the field; in little time and memory.
/// </summary>
/// <param name="output">Told how many loaded and how many were refused.</param>
internal sealed class MutationRun(ITestOutputHelper output) : IDisposable
{
    private const int ReportedFailures = 12;
    private static readonly TimeSpan AllowedTimePerFile = TimeSpan.FromSeconds(10); // far above a busy machine's pauses

    private readonly TempFolder folder = new();
    private volatile string current = "";

    public TempFolder Folder => folder;

    public void Dispose() => folder.Dispose();

    /// <summary>Loads all of them.</summary>
    /// <param name="file">What each is called in <see cref="Folder"/>, in its turn.</param>
    /// <param name="mutants">The files.</param>
    /// <param name="load">Loads a file by its path and disposes what it loaded.</param>
    /// <param name="companions">Names of files that it is loaded with: a refusal may name them instead, and then no field.</param>
    /// <param name="allowedBytes">What the thread may allocate for one file, beside a hundred times its length.</param>
    public (int Loaded, int Refused) Feed(string file, IEnumerable<Mutant> mutants, Action<string> load, string[]? companions = null, long allowedBytes = 16 << 20)
    {
        int loaded = 0, refused = 0;
        var failures = new List<string>();
        Task work = Task.Run(() =>
        {
            foreach (Mutant mutant in mutants)
            {
                current = mutant.Damage;
                // A new file each time: ext4 flushes one that is truncated and rewritten, which took most of the test's time.
                File.Delete(folder[file]);
                string path = folder.Write(file, mutant.Bytes);
                long allocated = GC.GetAllocatedBytesForCurrentThread(), started = Stopwatch.GetTimestamp();
                string? failure = null;
                try
                {
                    load(path);
                    loaded++;
                }
                catch (Exception e)
                {
                    refused++;
                    failure = Problem(e, path, mutant, companions ?? []);
                }

                long taken = GC.GetAllocatedBytesForCurrentThread() - allocated;
                if (taken > allowedBytes + (100L * mutant.Bytes.Length)) failure ??= $"took {taken >> 20} MiB";
                if (Stopwatch.GetElapsedTime(started) > AllowedTimePerFile) failure ??= $"took {Stopwatch.GetElapsedTime(started)}";
                if (failure is not null) failures.Add($"{file}: {mutant.Damage}: {failure}");
            }
        });
        Assert.True(work.Wait(TimeSpan.FromMinutes(4)), $"{file}: {current}: hangs");
        output.WriteLine($"{file}: {loaded + refused} mutated, {loaded} loaded, {refused} refused");
        Assert.True(failures.Count == 0, $"{failures.Count} failures:\n{string.Join("\n", failures.Take(ReportedFailures))}");
        return (loaded, refused);
    }

    private static string? Problem(Exception e, string path, Mutant mutant, string[] companions)
    {
        if (e is not (CheckpointException or ConfigException or TokenizerFormatException or IOException))
            return $"threw {e}\n{Convert.ToBase64String(mutant.Bytes.AsSpan(0, Math.Min(mutant.Bytes.Length, 3000)))}";
        if (companions.Any(name => e.Message.Contains(name, StringComparison.Ordinal))) return null;
        if (!e.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal)) return $"does not name the file: {Short(e.Message)}";
        return mutant.Field is null || e.Message.Contains(mutant.Field, StringComparison.Ordinal) ? null : $"does not name {mutant.Field}: {Short(e.Message)}";
    }

    private static string Short(string message) => message.Length < 400 ? message : new StringBuilder(message, 0, 400, 500).Append("...").ToString();
}
