namespace MuseCluster.Models.Tests.Mutations;

/// <summary>A damaged file.</summary>
/// <param name="Damage">What was done to it, for messages.</param>
/// <param name="Bytes">What it holds.</param>
/// <param name="Field">The one field that is to blame, which a refusal must name; null where none is.</param>
internal sealed record Mutant(string Damage, byte[] Bytes, string? Field = null)
{
    /// <summary>Copies damaged by chance, always the same ones for one seed.</summary>
    public static IEnumerable<Mutant> ByChance(byte[] content, int count, int seed, int dense = 0, byte[][]? spite = null)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
            yield return new Mutant($"mutation {i} of seed {seed}", FileMutation.Of(content, random, dense, spite));
    }
}
