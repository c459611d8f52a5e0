using MuseCluster.Training.Recipes;

namespace MuseCluster.Cli.Commands;

/// <summary>Reads the recipe that a flag names.</summary>
internal static class RecipeFile
{
    /// <summary>Reads it.</summary>
    /// <param name="path">The flag's value.</param>
    /// <param name="flag">The flag's name, for messages.</param>
    /// <returns>The recipe.</returns>
    /// <exception cref="UsageException">It is not there, or wrong.</exception>
    internal static Recipe Load(string path, string flag)
    {
        try
        {
            return Recipe.Load(path);
        }
        catch (RecipeException e)
        {
            throw new UsageException(flag, e.Message, e);
        }
    }
}
