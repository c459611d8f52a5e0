namespace MuseCluster.Models;

/// <summary>Networks of a model.</summary>
[Flags]
public enum ModelParts
{
    /// <summary>None: only the manifest, the tokenizer and the networks' shapes.</summary>
    None = 0,

    /// <summary>The text encoder.</summary>
    Text = 1,

    /// <summary>The base transformer.</summary>
    Base = 2,

    /// <summary>The super-resolution transformer, where the model has one.</summary>
    Superres = 4,

    /// <summary>What decodes the last grid.</summary>
    Pixels = 8,

    /// <summary>What decodes the base grid for previews, where the model has it.</summary>
    Preview = 16,

    /// <summary>All of them.</summary>
    All = Text | Base | Superres | Pixels | Preview,
}
