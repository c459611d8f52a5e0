namespace MuseCluster.Silo.Api.Access;

/// <summary>Who is let in.</summary>
public enum AccessMode
{
    /// <summary>Anybody: for an address that only this machine reaches. Who shows no known key is the tenant default.</summary>
    Open,

    /// <summary>Who shows a key.</summary>
    Keys,
}
