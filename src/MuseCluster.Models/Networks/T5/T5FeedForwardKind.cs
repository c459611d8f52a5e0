namespace MuseCluster.Models.Networks.T5;

/// <summary>The feed-forward layers of T5; the values of <c>feed_forward_proj</c>.</summary>
public enum T5FeedForwardKind
{
    /// <summary><c>relu</c>: wo(relu(wi(x))), T5 1.0 (arXiv 1910.10683, section 2.1).</summary>
    Relu,

    /// <summary><c>gated-gelu</c>: wo(gelu(wi_0(x)) * wi_1(x)), T5 1.1 (arXiv 2002.05202, GEGLU).</summary>
    GatedGelu,
}
