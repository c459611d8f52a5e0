using System.Text.Json;

namespace MuseCluster.Client.Http;

/// <summary>Reads what a server says when it refuses a call.</summary>
internal static class ErrorAnswer
{
    private const int LongestText = 300;

    /// <summary>Makes the exception of an answer.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="time">The clock that a date in <c>Retry-After</c> is compared with.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<MuseApiException> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        return new MuseApiException(response.StatusCode, Parse(text) ?? Unknown(response, text)) { RetryAfter = Wait(response, time) };
    }

    /// <summary>Reads <c>{"error": {…}}</c>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The error; null where the text is none.</returns>
    public static ApiError? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, MuseJson.Default.ErrorBody)?.Error is { Message: not null } error ? error : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Something between answered, or what is there is no silo.
    private static ApiError Unknown(HttpResponseMessage response, string text)
    {
        var request = response.RequestMessage!;
        var said = text.Trim() is { Length: > 0 } some ? $": {(some.Length > LongestText ? some[..LongestText] + "…" : some)}" : "";
        return new ApiError($"{request.Method} {request.RequestUri} was answered with {(int)response.StatusCode} {response.ReasonPhrase}{said}");
    }

    private static TimeSpan? Wait(HttpResponseMessage response, TimeProvider time)
    {
        var after = response.Headers.RetryAfter;
        var wait = after?.Delta ?? (after?.Date - time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}

/// <summary>The body of a refusal.</summary>
/// <param name="Error">What is wrong.</param>
internal sealed record ErrorBody(ApiError? Error);
