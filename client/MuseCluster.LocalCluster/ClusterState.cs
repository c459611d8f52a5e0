using System.Text.Json;
using MuseCluster.LocalCluster.Processes;

namespace MuseCluster.LocalCluster;

/// <summary>What is known of a cluster that runs in the background: kept as cluster.json in its folder.</summary>
/// <param name="Mesh">How its silos reach the mesh.</param>
/// <param name="Ledger">How they reach the ledger.</param>
/// <param name="Blobs">How they reach the artifact store.</param>
/// <param name="Model">The model it serves.</param>
/// <param name="Silos">Its silos.</param>
/// <param name="Servers">The servers that were started for it, those that others need first.</param>
public sealed record ClusterState(
    string Mesh, string Ledger, string Blobs, string Model, IReadOnlyList<BackgroundProcess> Silos, IReadOnlyList<BackgroundProcess> Servers)
{
    private const string FileName = "cluster.json";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Whether anything of it runs.</summary>
    public bool Runs => Silos.Concat(Servers).Any(p => p.Process.Runs);

    /// <summary>Reads the state of a folder's cluster.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The state, or null where there is none.</returns>
    /// <exception cref="FormatException">The file is damaged.</exception>
    public static ClusterState? Load(string folder)
    {
        var file = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<ClusterState>(File.ReadAllText(file), Json) : null;
        }
        catch (JsonException e)
        {
            throw new FormatException($"{file}: is damaged: {e.Message}", e);
        }
    }

    /// <summary>Keeps it.</summary>
    /// <param name="folder">The cluster's folder.</param>
    public void Save(string folder)
    {
        var file = Path.Combine(folder, FileName);
        File.WriteAllText(file + ".new", JsonSerializer.Serialize(this, Json));
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Forgets a folder's cluster.</summary>
    /// <param name="folder">The folder.</param>
    public static void Forget(string folder) => File.Delete(Path.Combine(folder, FileName));
}

/// <summary>A process in the background.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Process">The process.</param>
/// <param name="Log">What it prints.</param>
public sealed record BackgroundProcess(string Name, LocalProcess Process, string Log);
