using MuseCluster.Models.Checkpoints;

namespace MuseCluster.Models.Import;

/// <summary>A family of published models: whose rules its decoding follows, and with which numbers where a request does not say.</summary>
/// <param name="Name">The rule's name in manifests.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Defaults">The numbers that its reference has as defaults.</param>
internal sealed record ModelFamily(string Name, string Title, GenerationDefaults Defaults)
{
    /// <summary>The name of aMUSEd's family.</summary>
    public const string Amused = "amused";

    /// <summary>The name of open-muse's family.</summary>
    public const string OpenMuse = "open-muse";

    /// <summary>The name of muse-maskgit-pytorch's family.</summary>
    public const string MuseMaskGitPytorch = "muse-maskgit-pytorch";

    /// <summary>All of them. A new family is a line here.</summary>
    public static readonly IReadOnlyList<ModelFamily> All =
    [
        // diffusers' AmusedPipeline.
        new(Amused, "aMUSEd", new GenerationDefaults { Rule = Amused, Steps = 12, Guidance = 10, Temperature = 2, FinalTemperature = 0, Schedule = "cosine" }),
        // open-muse's PipelineMuse.
        new(OpenMuse, "open-muse", new GenerationDefaults { Rule = OpenMuse, Steps = 8, Guidance = 8, Temperature = 1, FinalTemperature = 0, Schedule = "cosine" }),
        // MaskGit.generate of muse-maskgit-pytorch.
        new(MuseMaskGitPytorch, "muse-maskgit-pytorch", new GenerationDefaults { Rule = MuseMaskGitPytorch, Steps = 18, SrSteps = 18, Guidance = 3, SrGuidance = 3, Temperature = 1, Schedule = "cosine" }),
    ];

    /// <summary>The family of a name.</summary>
    public static ModelFamily Find(string name) => All.First(f => f.Name == name);
}
