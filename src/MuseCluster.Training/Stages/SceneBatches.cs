using MuseCluster.Torch;
using MuseCluster.Training.ShapesWorld;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Training.Stages;

/// <summary>Pictures of the shapes world, drawn as they are needed: a step's batch depends on its number alone.</summary>
/// <param name="sampler">Which scenes.</param>
/// <param name="resolution">Side of the pictures in pixels.</param>
/// <param name="device">Where the pictures go.</param>
internal sealed class SceneBatches(SceneSampler sampler, int resolution, Device device)
{
    /// <summary>Renders consecutive scenes.</summary>
    /// <param name="first">Index of the first scene.</param>
    /// <param name="count">How many.</param>
    /// <returns>[count, 3, resolution, resolution] in [-1, 1].</returns>
    internal Tensor Render(ulong first, int count) => Render(first, count, index => sampler.Sample(index).Scene);

    /// <summary>Renders consecutive scenes with other shapes: <see cref="SceneSampler.Reshape"/>.</summary>
    /// <param name="first">Index of the first scene.</param>
    /// <param name="count">How many.</param>
    /// <returns>[count, 3, resolution, resolution] in [-1, 1].</returns>
    internal Tensor RenderReshaped(ulong first, int count) => Render(first, count, sampler.Reshape);

    private Tensor Render(ulong first, int count, Func<ulong, Scene> scene)
    {
        var pictures = empty([count, 3, resolution, resolution]);
        var size = 3 * resolution * resolution;
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, i =>
            SceneRenderer.Render(scene(first + (ulong)i), resolution, pictures.data<float>().Slice(i * size, size)));
        return pictures.to(device);
    }
}
