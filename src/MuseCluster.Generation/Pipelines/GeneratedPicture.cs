using MuseCluster.Generation.Pictures;

namespace MuseCluster.Generation.Pipelines;

/// <summary>A finished picture with the tokens it was decoded from.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="BaseGrid">The base model's codes, row-major.</param>
/// <param name="SuperresGrid">The super-resolution model's codes, row-major; empty for a model without.</param>
/// <param name="Picture">The pixels.</param>
public sealed record GeneratedPicture(GenerationRequest Request, ushort[] BaseGrid, ushort[] SuperresGrid, Picture Picture);

/// <summary>Where a picture stands after a step.</summary>
/// <param name="Index">The picture's index among the requests.</param>
/// <param name="Stage">base, superres or pixels.</param>
/// <param name="Step">Steps made of this stage.</param>
/// <param name="Steps">Steps of this stage.</param>
/// <param name="Grid">The grid as it is, masked tokens included.</param>
public readonly record struct PictureProgress(int Index, string Stage, int Step, int Steps, ReadOnlyMemory<ushort> Grid);
