using System.CommandLine;
using MuseCluster.Cli.Terminal;
using MuseCluster.Client;

namespace MuseCluster.Cli.Commands.Server;

/// <summary>The flags of commands that talk to a server: which, and as whom.</summary>
internal sealed class ServerFlags
{
    /// <summary>The environment variable that stands for the flag of the server.</summary>
    public const string ServerVariable = "MUSE_SERVER";

    /// <summary>The environment variable that stands for the flag of the key.</summary>
    public const string KeyVariable = "MUSE_KEY";

    private const string ExpectedServer = "http://HOST:PORT or https://HOST";
    private const string ExpectedKey = "a key that `muse tenants add` printed";
    private readonly Option<Uri?> _server;
    private readonly Option<string?> _key = Flag.Parsed<string?>("--key", "KEY", $"The key; the environment variable {KeyVariable} where not given. None is needed on this machine.", ExpectedKey, ParseKey);

    /// <summary>Makes the flags.</summary>
    /// <param name="absent">What help says happens without a server.</param>
    public ServerFlags(string absent = "http://127.0.0.1:8080 where neither is given.") =>
        _server = Flag.Parsed<Uri?>("--server", "URL", $"The server; the environment variable {ServerVariable} where not given. {absent}", ExpectedServer, ParseServer);

    /// <summary>The flags, to be added to a command.</summary>
    public IEnumerable<Option> All => [_server, _key];

    /// <summary>The server that the user named.</summary>
    /// <param name="parse">The command line.</param>
    /// <returns>The server; null where none is named.</returns>
    /// <exception cref="UsageException">The environment names something else.</exception>
    public Uri? Given(ParseResult parse) => parse.GetValue(_server) ?? Variable(ServerVariable, ExpectedServer, ParseServer);

    /// <summary>Works with the server.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="context">What cancels it.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="InvalidOperationException">Nothing listens there, or the key does not do.</exception>
    public void Run(ParseResult parse, CommandContext context, Func<MuseClient, Task> work)
    {
        using var client = new MuseClient(new MuseClientOptions
        {
            Server = Given(parse) ?? MuseClientOptions.DefaultServer,
            Key = parse.GetValue(_key) ?? Variable(KeyVariable, ExpectedKey, ParseKey),
        });
        try
        {
            RunAsync().GetAwaiter().GetResult();
        }
        catch (MuseConnectionException e) when (e.Refused)
        {
            throw new InvalidOperationException($"{e.Message}; start a silo on this machine with: muse serve, or name one that runs with {_server.Name} URL", e);
        }
        catch (MuseApiException e) when (e.Code == "invalid_api_key")
        {
            throw new InvalidOperationException($"{e.Message} The key is taken from {_key.Name} or {KeyVariable}.", e);
        }

        async Task RunAsync()
        {
            // Without this, a call to where nothing listens would be tried again for seconds.
            await client.CheckAsync(context.Cancellation).ConfigureAwait(false);
            await work(client).ConfigureAwait(false);
        }
    }

    private static T? Variable<T>(string name, string expected, Func<string, T?> parse)
        where T : class =>
        Environment.GetEnvironmentVariable(name) is not { Length: > 0 } text ? null
        : parse(text) ?? throw new UsageException(name, typeof(T) == typeof(Uri) ? $"'{text}' is wrong; expected {expected}" : $"is wrong; expected {expected}");

    private static Uri? ParseServer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0 ? url : null;

    private static string? ParseKey(string text) => text.Length > 0 && text.All(c => c is >= '!' and <= '~') ? text : null;
}
