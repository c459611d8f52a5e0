using MuseCluster.Cluster.Mesh;
using Orleans;

namespace MuseCluster.Cluster.Orleans.Messages;

/// <summary>
/// An item on its way to one place. Each sending has a ticket of its own, so that sending again sends nothing twice. Those
/// who carry the message do not read it: silos of an older version pass on what only a newer one understands.
/// </summary>
/// <param name="Ticket">Of this sending.</param>
/// <param name="Job">The item's job.</param>
/// <param name="Class">Its class: the least goes first.</param>
/// <param name="Message">The item, as <see cref="StageMessageCodec"/> writes it.</param>
/// <param name="Deliveries">How often it was delivered.</param>
[GenerateSerializer, Immutable, Alias("muse.parcel")]
internal sealed record Parcel(
    [property: Id(0)] Guid Ticket, [property: Id(1)] Guid Job, [property: Id(2)] byte Class, [property: Id(3)] byte[] Message, [property: Id(4)] int Deliveries)
{
    /// <summary>A new sending.</summary>
    public static Parcel Of(StageMessage message) =>
        new(Guid.NewGuid(), message.Item.Id.Job, (byte)message.Item.Class, StageMessageCodec.Encode(message).ToArray(), 0);
}

/// <summary>An event on its way to those who listen.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Job">The job of its item.</param>
/// <param name="Event">The event, as <see cref="ItemEventCodec"/> writes it.</param>
[GenerateSerializer, Immutable, Alias("muse.told")]
internal sealed record Told([property: Id(0)] string Tenant, [property: Id(1)] Guid Job, [property: Id(2)] byte[] Event);
