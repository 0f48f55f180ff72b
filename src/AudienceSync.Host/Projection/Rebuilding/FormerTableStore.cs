using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>Turns the former generation into the next one; from there an undo proceeds like a rebuild.</summary>
public sealed class FormerTableStore(GenerationSchemaStore database)
{
    private const string FollowingSql = """
        update generations set phase = 'following', seen = -1, base = $2, filled = $2 where generation = $1
        """;

    /// <summary>Runs in one transaction.</summary>
    /// <param name="generation">The row of the undo.</param>
    /// <param name="baseNumber">Above all numbers that the live generation assigns meanwhile.</param>
    /// <param name="cancellationToken">Rolls it back.</param>
    public async Task BringAsync(long generation, long baseNumber, CancellationToken cancellationToken)
    {
        var (next, former) = (database.NextSchema, database.FormerSchema);
        await using var connection = await database.OpenAsync(cancellationToken);
        await GenerationSchemaStore.ExecuteAsync(connection, "begin", cancellationToken);
        await TableCopyStore.DropAsync(connection, next, cancellationToken);
        await TableCopyStore.MoveAsync(
            connection,
            former,
            next,
            TableCopyStore.Projected.Concat(TableCopyStore.Progress),
            cancellationToken
        );
        await GenerationSchemaStore.ExecuteAsync(
            connection,
            $"update {next}.projection_counts set changed_pos = {baseNumber} where name = '{MembershipStore.Projection}'",
            cancellationToken
        );
        await using (var command = Sql.Command(connection, FollowingSql, Sql.Of(generation), Sql.Of(baseNumber)))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await GenerationSchemaStore.ExecuteAsync(connection, "commit", cancellationToken);
    }
}
