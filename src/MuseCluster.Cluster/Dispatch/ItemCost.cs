using MuseCluster.Generation.Pipelines;

namespace MuseCluster.Cluster.Dispatch;

/// <summary>What an item takes of a cluster, as a share between tenants sees it.</summary>
public static class ItemCost
{
    /// <summary>Sequences that the transformers see for a picture: with guidance each step runs two.</summary>
    /// <param name="request">The request.</param>
    /// <returns>A number without unit; only its relation to other items' matters.</returns>
    public static double Of(GenerationRequest request) =>
        (request.Steps * (request.BaseDecoding().Guided ? 2 : 1)) + (request.SrSteps * (request.SuperresDecoding().Guided ? 2 : 1));
}
