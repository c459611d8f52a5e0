using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MuseCluster.Silo.Api.Errors;

/// <summary>A request that is answered with an error.</summary>
public sealed class ApiException : Exception
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="type">The kind of error, as OpenAI names it.</param>
    /// <param name="code">What programs tell errors apart by.</param>
    /// <param name="message">What was found, what is expected and what to do.</param>
    /// <param name="param">The field, header or path part; null where it is none's.</param>
    public ApiException(int status, string type, string code, string message, string? param = null)
        : base(message) => (Status, Type, Code, Param) = (status, type, code, param);

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The kind of error, as OpenAI names it.</summary>
    public string Type { get; }

    /// <summary>What programs tell errors apart by.</summary>
    public string Code { get; }

    /// <summary>The field, header or path part.</summary>
    public string? Param { get; }

    /// <summary>When to come again; null where that does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A field is wrong.</summary>
    /// <param name="param">The field.</param>
    /// <param name="problem">What was found and what is expected, to follow the field's name.</param>
    /// <param name="code">invalid_value where it is no other.</param>
    public static ApiException Invalid(string param, string problem, string code = "invalid_value") =>
        new(StatusCodes.Status400BadRequest, "invalid_request_error", code, $"{param} {problem}", param);

    /// <summary>Something is not there, or another tenant's.</summary>
    /// <param name="what">What, as it was named.</param>
    /// <param name="param">What named it.</param>
    /// <param name="code">not_found where it is no other.</param>
    public static ApiException NotFound(string what, string param, string code = "not_found") =>
        new(StatusCodes.Status404NotFound, "not_found_error", code, $"there is no {what}", param);

    /// <summary>Something is in a state that does not allow this.</summary>
    /// <param name="message">What state, and what is expected.</param>
    public static ApiException WrongState(string message) => new(StatusCodes.Status409Conflict, "conflict_error", "wrong_state", message);

    /// <summary>Too much at once.</summary>
    /// <param name="code">Which limit.</param>
    /// <param name="message">What was found, and what is allowed.</param>
    /// <param name="retryAfter">When to come again.</param>
    public static ApiException TooMany(string code, string message, TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, "rate_limit_error", code, message) { RetryAfter = retryAfter };

    /// <summary>The answer's headers and body.</summary>
    /// <param name="response">The response; not begun.</param>
    internal async Task WriteAsync(HttpResponse response)
    {
        response.Clear();
        response.StatusCode = Status;
        if (RetryAfter is { } after)
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        await response.WriteAsJsonAsync(Answer, ApiJson.Options, response.HttpContext.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The body.</summary>
    internal ErrorAnswer Answer => new(new ErrorBody(Message, Type, Param, Code));
}

/// <summary>An error's body.</summary>
/// <param name="Error">The error.</param>
public sealed record ErrorAnswer(ErrorBody Error);

/// <summary>An error, in OpenAI's shape.</summary>
/// <param name="Message">What was found, what is expected and what to do.</param>
/// <param name="Type">Its kind.</param>
/// <param name="Param">The field, header or path part.</param>
/// <param name="Code">What programs tell errors apart by.</param>
public sealed record ErrorBody(string Message, string Type, string? Param, string? Code);
