namespace MuseCluster.Training.Recipes;

/// <summary>A recipe that is not there or cannot be followed; the message names the file or field, and what was expected.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="cause">What noticed it.</param>
public sealed class RecipeException(string message, Exception? cause = null) : Exception(message, cause);
