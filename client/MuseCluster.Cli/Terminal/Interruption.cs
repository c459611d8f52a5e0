using System.Runtime.InteropServices;

namespace MuseCluster.Cli.Terminal;

/// <summary>
/// Turns the first Ctrl-C or SIGTERM into cancellation, so that a command can save what it has. A second one ends the
/// process at once, for a command that does not come to its next check.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Starts to listen.</summary>
    public Interruption() => _registrations = [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, s => Stop(s, ExitCodes.Interrupted)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => Stop(s, ExitCodes.Terminated)),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>What the process ends with after a signal.</summary>
    public int ExitCode { get; private set; } = ExitCodes.Interrupted;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext signal, int exitCode)
    {
        if (_source.IsCancellationRequested)
            return;
        signal.Cancel = true;
        ExitCode = exitCode;
        _source.Cancel();
    }
}
