using MuseCluster.Models.Networks.VqGan;
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
    internal Tensor Render(ulong first, int count) => Render(Sample(sampler, first, count), resolution, device);

    /// <summary>Draws consecutive scenes.</summary>
    /// <param name="sampler">Which scenes.</param>
    /// <param name="first">Index of the first scene.</param>
    /// <param name="count">How many.</param>
    /// <returns>The scenes.</returns>
    internal static Scene[] Sample(SceneSampler sampler, ulong first, int count)
    {
        var scenes = new Scene[count];
        Parallel.For(0, count, Threads(), i => scenes[i] = sampler.Sample(first + (ulong)i).Scene);
        return scenes;
    }

    /// <summary>Renders scenes.</summary>
    /// <param name="scenes">The scenes.</param>
    /// <param name="resolution">Side of the pictures in pixels.</param>
    /// <param name="device">Where the pictures go.</param>
    /// <returns>[scenes, 3, resolution, resolution] in [-1, 1].</returns>
    internal static Tensor Render(Scene[] scenes, int resolution, Device device)
    {
        var pictures = empty([scenes.Length, 3, resolution, resolution]);
        var size = 3 * resolution * resolution;
        Parallel.For(0, scenes.Length, Threads(), i => SceneRenderer.Render(scenes[i], resolution, pictures.data<float>().Slice(i * size, size)));
        return pictures.to(device);
    }

    /// <summary>Makes the token grids of scenes.</summary>
    /// <param name="network">Makes the tokens.</param>
    /// <param name="scenes">The scenes.</param>
    /// <param name="device">Where the network is.</param>
    /// <returns>Codes in row-major order, grid after grid.</returns>
    internal static ushort[] Encode(VqGan network, Scene[] scenes, Device device)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        return Array.ConvertAll(network.Encode(Render(scenes, network.Config.Resolution, device)).cpu().contiguous().ToArray<long>(), code => (ushort)code);
    }

    private static ParallelOptions Threads() => new() { MaxDegreeOfParallelism = get_num_threads() };
}
