using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Audiences.Registry;

/// <summary>
/// What an audience cannot know of its own stream: whether a destination exists, and whether another key feeds a remote audience. Asked
/// under the append lock, so it holds until the events are committed.
/// </summary>
internal static class BindingCheckQueries
{
    private const string DestinationSql = "select exists (select from accounts where destination = $1)";

    private const string FedBySql = """
        select k.audience_key from bindings b join audience_keys k on k.key_id = b.key_id where b.destination = $1 and b.remote = $2
          and b.bound
        """;

    /// <exception cref="RegistryException">binding_taken, destination_unknown</exception>
    public static async Task RunAsync(NpgsqlConnection connection, IEnumerable<IRegistryEvent> events, CancellationToken cancellationToken)
    {
        foreach (var bound in events.OfType<AudienceBound>())
        {
            await RunAsync(connection, bound, cancellationToken);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, AudienceBound bound, CancellationToken cancellationToken)
    {
        await using var destination = Sql.Command(connection, DestinationSql, Sql.Of(bound.Remote.Destination));
        if (await destination.ExecuteScalarAsync(cancellationToken) is false)
        {
            throw new RegistryException(AudienceRefusal.DestinationUnknown(bound.Remote.Destination));
        }

        await using var fedBy = Sql.Command(connection, FedBySql, Sql.Of(bound.Remote.Destination), Sql.Of(bound.Remote.Remote));
        if (await fedBy.ExecuteScalarAsync(cancellationToken) is string key && key != bound.AudienceKey.Value)
        {
            throw new RegistryException(AudienceRefusal.BindingTaken(bound.Remote, key));
        }
    }
}
