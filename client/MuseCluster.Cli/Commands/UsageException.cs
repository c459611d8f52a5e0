namespace MuseCluster.Cli.Commands;

/// <summary>A value that the user gave cannot be used: one line, exit code 2.</summary>
/// <param name="name">The flag or argument.</param>
/// <param name="problem">What is wrong and what is expected.</param>
/// <param name="cause">What noticed it.</param>
internal sealed class UsageException(string name, string problem, Exception? cause = null) : Exception($"{name}: {problem}", cause);
