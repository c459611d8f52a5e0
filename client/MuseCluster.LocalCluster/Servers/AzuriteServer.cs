using MuseCluster.LocalCluster.Processes;

namespace MuseCluster.LocalCluster.Servers;

/// <summary>Azure's blob storage on this machine: Azurite, from npm.</summary>
/// <param name="folder">Where its data and its log go.</param>
/// <param name="outlive">Whether it goes on when this process ends.</param>
/// <param name="program">Its program azurite-blob.</param>
public sealed class AzuriteServer(string folder, bool outlive, string program) : LocalServer(folder, outlive)
{
    private readonly int _port = FreePort.Take();

    /// <inheritdoc/>
    public override string Name => "Azurite";

    /// <summary>How to reach it; the key is the one that every Azurite has.</summary>
    public override string Connection =>
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
        + "AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
        + $"BlobEndpoint=http://127.0.0.1:{_port}/devstoreaccount1";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Command() => File.Exists(program)
        ?
        [
            program, "--blobHost", "127.0.0.1", "--blobPort", $"{_port}", "--location", Path.Combine(Folder, "data"),
            "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--disableProductStyleUrl",
        ]
        : throw new InvalidOperationException($"Azurite is not installed: {program} is not there; ./test installs it, or npm install azurite");

    /// <inheritdoc/>
    protected override Task<bool> ServesAsync(CancellationToken cancellation) => PortMapper.AcceptsAsync(_port, cancellation);
}
