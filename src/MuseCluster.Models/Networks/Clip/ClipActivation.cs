namespace MuseCluster.Models.Networks.Clip;

/// <summary>What lies between the two layers of a CLIP block's feed-forward: <c>hidden_act</c> of its config.</summary>
public enum ClipActivation
{
    /// <summary>x sigmoid(1.702 x), of OpenAI's models: <c>quick_gelu</c> (transformers' <c>activations.py</c>).</summary>
    QuickGelu,

    /// <summary>GELU by the error function, of most OpenCLIP models: <c>gelu</c>.</summary>
    Gelu,
}
