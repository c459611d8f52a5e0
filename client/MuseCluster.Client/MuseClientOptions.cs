namespace MuseCluster.Client;

/// <summary>What a <see cref="MuseClient"/> is told.</summary>
public sealed record MuseClientOptions
{
    /// <summary>Where a silo listens that is on this machine and was told nothing else.</summary>
    public static Uri DefaultServer { get; } = new("http://127.0.0.1:8080");

    /// <summary>A silo with the role gateway, or what stands before several; a path <c>/v1</c> at its end is left out. Default: <see cref="DefaultServer"/>.</summary>
    public Uri Server { get; init; } = DefaultServer;

    /// <summary>The tenant's key; null for none, which does on a loopback address.</summary>
    public string? Key { get; init; }

    /// <summary>How long one attempt may take to its end, or to the first byte of a stream. Default 10 minutes, since pictures wait their turn.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a call is tried again after 429, 502, 503, 504 or a broken connection. Default 4.</summary>
    public int MaxRetries { get; init; } = 4;

    /// <summary>The wait before the first retry; it doubles with each, and a random part of up to half is left out. Default 0.5 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait, also the longest <c>Retry-After</c> that is obeyed; a longer one ends the call with its error. Default 1 minute.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a stream of events may be silent before it is taken for lost; a server says something every 15 s. Default 45 s.</summary>
    public TimeSpan StreamSilence { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How long a job is watched on while no connection succeeds. Default 5 minutes.</summary>
    public TimeSpan WatchPatience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock of delays and timeouts.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gives a number from 0 to 1, by which waits of several clients are spread.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">One is wrong; the message names it.</exception>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Server);
        if (!Server.IsAbsoluteUri || Server.Scheme is not ("http" or "https"))
            throw new ArgumentException($"{nameof(Server)} is '{Server}', expected http://HOST:PORT or https://HOST.");
        if (Key is not null && (Key.Length == 0 || Key.Any(c => c is < '!' or > '~')))
            throw new ArgumentException($"{nameof(Key)} is empty or has a space or other characters that no key has.");
        if (MaxRetries is < 0 or > 100)
            throw new ArgumentException($"{nameof(MaxRetries)} is {MaxRetries}, expected 0 to 100.");
        foreach (var (name, value) in new[]
        {
            (nameof(Timeout), Timeout), (nameof(RetryDelay), RetryDelay), (nameof(MaxRetryDelay), MaxRetryDelay), (nameof(StreamSilence), StreamSilence), (nameof(WatchPatience), WatchPatience),
        })
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
                throw new ArgumentException($"{name} is {value}, expected more than none and at most a day.");
    }
}
