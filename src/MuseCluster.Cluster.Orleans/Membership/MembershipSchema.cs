using Npgsql;

namespace MuseCluster.Cluster.Orleans.Membership;

/// <summary>Where the silos of a cluster find each other: tables of a schema of their own in the ledger's database.</summary>
internal static class MembershipSchema
{
    private const string Schema = "orleans";

    // Any number will do, as long as every version takes the same.
    private const long Lock = 0x6F726C65;

    /// <summary>The connection for Orleans, which names tables without their schema.</summary>
    /// <param name="database">The database, in Npgsql's form.</param>
    public static string Within(string database) => new NpgsqlConnectionStringBuilder(database) { SearchPath = Schema, MaxPoolSize = 4 }.ConnectionString;

    /// <summary>Makes tables and queries where they are missing or old.</summary>
    /// <param name="database">The database.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task CreateAsync(string database, CancellationToken cancellation)
    {
        await using var stream = typeof(MembershipSchema).Assembly.GetManifestResourceStream("schema.sql")!;
        using var reader = new StreamReader(stream);
        var sql = await reader.ReadToEndAsync(cancellation).ConfigureAwait(false);
        await using var connection = new NpgsqlConnection(Within(database));
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({Lock}); CREATE SCHEMA IF NOT EXISTS {Schema}; {sql}", connection, transaction);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }
}
