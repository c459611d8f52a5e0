namespace MuseCluster.Models.Networks.MuseMaskGitPytorch;

/// <summary>What a transformer of muse-maskgit-pytorch is for: the class of the reference, whose names the members have.</summary>
public enum TransformerRole
{
    /// <summary><c>MaskGitTransformer</c>: predicts codes; its table has one row more, for the mask.</summary>
    MaskGitTransformer,

    /// <summary><c>TokenCritic</c>: one logit for each code, of whether it is a drawn one; its table knows no mask.</summary>
    TokenCritic,
}
