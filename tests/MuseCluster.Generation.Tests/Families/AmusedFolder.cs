using MuseCluster.Models;
using MuseCluster.Models.Checkpoints;
using MuseCluster.Models.Import;
using MuseCluster.Tests.Shared;
using static MuseCluster.Torch.torch;

namespace MuseCluster.Generation.Tests.Families;

/// <summary>The golden pipeline of aMUSEd as a model folder, added as a user adds it.</summary>
internal sealed class AmusedFolder : IDisposable
{
    private readonly string _models = Directory.CreateTempSubdirectory("muse-amused-").FullName;

    public AmusedFolder()
    {
        ModelManifest added = ModelImporter.AddAsync(
            [Path.Combine(Repository.Root, "tests", "golden", "amused_pipeline_tiny")], new ImportOptions { Models = _models, Name = "amused-tiny" }).GetAwaiter().GetResult();
        Assert.Equal(("amused", 12, 10, 2, 0), (added.Defaults.Rule, added.Defaults.Steps, added.Defaults.Guidance, added.Defaults.Temperature, added.Defaults.FinalTemperature));
        Model = MuseModel.Load(added.Folder!, CPU);
    }

    public MuseModel Model { get; }

    /// <summary>The family's defaults, with the steps and the guidance of the recordings.</summary>
    public GenerationDefaults Defaults => Model.Manifest.Defaults with { Steps = 6, Guidance = 4 };

    public void Dispose()
    {
        Model.Dispose();
        Directory.Delete(_models, recursive: true);
    }
}
