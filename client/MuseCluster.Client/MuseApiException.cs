using System.Net;

namespace MuseCluster.Client;

/// <summary>The server refused a call.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="error">What the server says.</param>
public sealed class MuseApiException(HttpStatusCode status, ApiError error) : Exception(error.Message)
{
    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The kind of error, such as <c>invalid_request_error</c>.</summary>
    public string? Type { get; } = error.Type;

    /// <summary>The error, such as <c>model_not_found</c>.</summary>
    public string? Code { get; } = error.Code;

    /// <summary>The field, header or part of the path that is wrong; null where none is.</summary>
    public string? Param { get; } = error.Param;

    /// <summary>How long the server asks to be left alone; null where it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>What is wrong, as the server says it.</summary>
/// <param name="Message">What was found, what is expected and what to do.</param>
/// <param name="Type">The kind of error.</param>
/// <param name="Code">The error.</param>
/// <param name="Param">What is wrong, where it has a name.</param>
public sealed record ApiError(string Message, string? Type = null, string? Code = null, string? Param = null);
