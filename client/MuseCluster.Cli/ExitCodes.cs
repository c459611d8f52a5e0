namespace MuseCluster.Cli;

/// <summary>What <c>muse</c> ends with.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>Failed for a reason that stderr names.</summary>
    public const int Failure = 1;

    /// <summary>An argument or flag is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM.</summary>
    public const int Terminated = 143;
}
