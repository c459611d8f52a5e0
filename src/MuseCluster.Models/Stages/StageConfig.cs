using System.Text.Json;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Networks;
using MuseCluster.Torch;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Models.Stages;

/// <summary>A stage of a manifest, for those who make its network.</summary>
/// <param name="manifest">The manifest.</param>
/// <param name="name">The stage's name in it.</param>
/// <param name="stage">The stage.</param>
internal sealed class StageConfig(ModelManifest manifest, string name, StageManifest stage)
{
    /// <summary>The stage.</summary>
    public StageManifest Stage => stage;

    /// <summary>The network's settings.</summary>
    public JsonElement Json => stage.Config;

    /// <summary>What messages call <see cref="Json"/>.</summary>
    public string Label => $"{manifest.PathOf(ModelManifest.FileName)}: stages.{name}.config";

    /// <summary>Full path of a file that the stage names.</summary>
    public string PathOf(string file) => manifest.PathOf(file);

    /// <summary>Finds the stage's network.</summary>
    /// <param name="known">Those that can serve such a stage, by type id.</param>
    /// <exception cref="CheckpointException">There is none, or its configuration is wrong; names the field.</exception>
    public StageNetwork<TShape, TNetwork> Find<TShape, TNetwork>(IReadOnlyDictionary<string, Func<StageConfig, StageNetwork<TShape, TNetwork>>> known)
    {
        if (!known.TryGetValue(stage.Network, out var make))
            throw Wrong(".network", $"found '{stage.Network}'; this build knows {string.Join(", ", known.Keys.Select(k => $"'{k}'"))}");
        try
        {
            return make(this);
        }
        catch (ConfigException e)
        {
            throw Wrong(".config", e.Message, e);
        }
    }

    /// <summary>Reads the settings of one of this project's own networks.</summary>
    /// <exception cref="CheckpointException">They are none; names the field.</exception>
    public TConfig Read<TConfig>()
    {
        try
        {
            return stage.Config.Deserialize<TConfig>(MuseModel.ConfigJson)!;
        }
        catch (JsonException e)
        {
            throw Wrong(".config", e.Message, e);
        }
    }

    /// <summary>Loads the network's weights.</summary>
    /// <param name="network">What <see cref="Find"/> gave.</param>
    /// <param name="device">Where they go.</param>
    /// <exception cref="CheckpointException">The weights are not the network's; everything wrong is named.</exception>
    public TNetwork Load<TShape, TNetwork>(StageNetwork<TShape, TNetwork> network, Device device)
    {
        using var checkpoint = manifest.OpenWeights(stage);
        return Load(network, checkpoint, device);
    }

    /// <summary>
    /// Checks that the network can be loaded, every name and shape of it, as loading does, and says what it would take. No weights are
    /// read, converted or copied.
    /// </summary>
    /// <param name="network">What <see cref="Find"/> gave.</param>
    /// <exception cref="CheckpointException">The weights are not the network's; everything wrong is named.</exception>
    public StageWeights Inspect<TShape, TNetwork>(StageNetwork<TShape, TNetwork> network)
        where TNetwork : IDisposable
    {
        using var checkpoint = manifest.OpenWeights(stage);
        using (Load(network, checkpoint, META))
            return new StageWeights(name, [.. checkpoint.Taken.Select(t => new StageTensor(t.Name, t.DType, t.Shape))]);
    }

    private TNetwork Load<TShape, TNetwork>(StageNetwork<TShape, TNetwork> network, Checkpoint checkpoint, Device device)
    {
        try
        {
            return network.Load(checkpoint, device);
        }
        catch (ConfigException e)
        {
            throw Wrong(".config", e.Message, e);
        }
    }

    /// <summary>An error in the stage's part of the manifest.</summary>
    /// <param name="field">The field, with its dot.</param>
    /// <param name="problem">What was found and what is expected.</param>
    /// <param name="inner">What it was found by.</param>
    public CheckpointException Wrong(string field, string problem, Exception? inner = null) =>
        new(manifest.PathOf(ModelManifest.FileName), null, $"stages.{name}{field}: {problem}", inner);
}
