using Microsoft.Extensions.DependencyInjection;
using MuseCluster.Cluster.Orleans.Messages;
using MuseCluster.Cluster.Tests.Mesh;
using Orleans;
using Orleans.Serialization;

namespace MuseCluster.Cluster.Orleans.Tests.Messages;

/// <summary>Silos of other versions during an upgrade.</summary>
public sealed class VersionTests
{
    private readonly Serializer _serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    [Fact]
    public void Fields_of_a_newer_silo_are_passed_over()
    {
        var parcel = Parcel.Of(MeshSamples.Full()) with { Deliveries = 3 };
        var newer = new NewerParcel(parcel.Ticket, parcel.Job, parcel.Class, parcel.Message, parcel.Deliveries, "to be decoded soon", new NewerParcel(Guid.NewGuid(), Guid.NewGuid(), 1, [1], 1, null, null));
        AssertEqual(parcel, _serializer.Deserialize<Parcel>(_serializer.SerializeToArray(newer)));
    }

    [Fact]
    public void Fields_that_an_older_silo_does_not_send_have_their_defaults()
    {
        var parcel = Parcel.Of(MeshSamples.Message());
        AssertEqual(parcel, _serializer.Deserialize<Parcel>(_serializer.SerializeToArray(new OlderParcel(parcel.Ticket, parcel.Job, parcel.Class, parcel.Message))));
    }

    private static void AssertEqual(Parcel expected, Parcel? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Message, actual.Message);
        Assert.Equal(expected, actual with { Message = expected.Message });
    }
}

/// <summary>A parcel of a version that is not written yet.</summary>
[GenerateSerializer]
internal sealed record NewerParcel(
    [property: Id(0)] Guid Ticket, [property: Id(1)] Guid Job, [property: Id(2)] byte Class, [property: Id(3)] byte[] Message, [property: Id(4)] int Deliveries,
    [property: Id(5)] string? Hint, [property: Id(6)] NewerParcel? Follows);

/// <summary>A parcel before deliveries were counted.</summary>
[GenerateSerializer]
internal sealed record OlderParcel([property: Id(0)] Guid Ticket, [property: Id(1)] Guid Job, [property: Id(2)] byte Class, [property: Id(3)] byte[] Message);
