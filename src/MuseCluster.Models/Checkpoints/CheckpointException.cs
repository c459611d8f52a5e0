using System.Text;

namespace MuseCluster.Models.Checkpoints;

/// <summary>
/// A model file that cannot be used: a malformed safetensors file, index or manifest, or tensors that do not
/// fit the network they are meant for. The message names the file, the tensor or field, what was found and what
/// was expected. A file that cannot be read at all is an <see cref="IOException"/> instead.
/// </summary>
public sealed class CheckpointException : FormatException
{
    private const int ListedInMessage = 40;
    private const int QuotedLength = 200;

    /// <summary>One problem of one file.</summary>
    /// <param name="file">Path of the file refused.</param>
    /// <param name="tensor">The tensor concerned, or null where the problem is the file's.</param>
    /// <param name="problem">What was found and what was expected.</param>
    /// <param name="inner">The cause, if an exception was.</param>
    public CheckpointException(string file, string? tensor, string problem, Exception? inner = null)
        : base(tensor is null ? $"{file}: {problem}" : $"{file}: tensor {Quote(tensor)}: {problem}", inner)
    {
        File = file;
        Tensor = tensor;
        Problems = [problem];
    }

    /// <summary>All problems of one file, reported at once.</summary>
    /// <param name="file">Path of the file refused.</param>
    /// <param name="tensor">The first tensor concerned, or null where none is.</param>
    /// <param name="summary">One line that says what the list is about.</param>
    /// <param name="problems">At least one problem, each naming its tensor or field. The message shows the first
    /// forty; <see cref="Problems"/> has all.</param>
    public CheckpointException(string file, string? tensor, string summary, IReadOnlyList<string> problems)
        : base(Listed(file, summary, problems))
    {
        File = file;
        Tensor = tensor;
        Problems = problems;
    }

    /// <summary>Path of the file refused.</summary>
    public string File { get; }

    /// <summary>The tensor concerned, the first of them where several are, or null.</summary>
    public string? Tensor { get; }

    /// <summary>Every problem found, in the order of the file.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>
    /// Text from a file as it may stand in a message: in quotes, without control characters, shortened. Names in
    /// a hostile header can be megabytes long or hold terminal escapes.
    /// </summary>
    internal static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, QuotedLength)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c)) quoted.Append($"\\u{(int)c:x4}");
            else quoted.Append(c);
        }

        if (text.Length > QuotedLength) quoted.Append($"... ({text.Length} characters)");
        return quoted.Append('\'').ToString();
    }

    private static string Listed(string file, string summary, IReadOnlyList<string> problems)
    {
        var message = new StringBuilder($"{file}: {summary}");
        foreach (string problem in problems.Take(ListedInMessage)) message.Append("\n  ").Append(problem);
        if (problems.Count > ListedInMessage) message.Append($"\n  and {problems.Count - ListedInMessage} more");
        return message.ToString();
    }
}
