namespace MuseCluster.Models.Import;

/// <summary>What a part serves in a model.</summary>
internal enum PartRole
{
    /// <summary>Text encoding.</summary>
    Text,

    /// <summary>The text encoder's tokenizer.</summary>
    Tokenizer,

    /// <summary>Base decoding, or super-resolution: where there are two transformers, that of the larger grid.</summary>
    Transformer,

    /// <summary>Pixel decoding.</summary>
    Pixels,

    /// <summary>The masking schedule.</summary>
    Scheduler,

    /// <summary>Nothing that a model here has.</summary>
    None,
}
