namespace MuseCluster.Models.Networks.Amused;

/// <summary>Whose network a <see cref="UVit2DConfig"/> describes, and whose names its checkpoint has.</summary>
public enum UVit2DSource
{
    /// <summary><c>UVit2DModel</c> of diffusers (<c>models/unets/uvit_2d.py</c>).</summary>
    Diffusers,

    /// <summary><c>MaskGiTUViT_v2</c> of open-muse (<c>muse/modeling_transformer_v2.py</c>), which aMUSEd was trained with.</summary>
    OpenMuse,
}
