using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Exposures.Projecting;

/// <summary>How far the members of a key were gone through because an experiment on their audience started or ended.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="Experiment">The experiment.</param>
/// <param name="IsStart">Whether it started.</param>
/// <param name="Place">Up to whom.</param>
/// <param name="Done">Whether that was everybody.</param>
internal sealed record ExposureAssignment(int KeyId, string Experiment, bool IsStart, Guid Place, bool Done);

/// <summary>
/// The starts and ends of experiments in the exposure log. Only who had a spell at that moment must be gone through: every later event is
/// folded with the experiments of its time.
/// </summary>
internal sealed class ExposureAssignmentStore(WorkspaceDatabase database)
{
    private const string ReadSql = "select key_id, experiment, change, place, done from exposure_assignments";

    private const string WriteSql = """
        insert into exposure_assignments (key_id, experiment, change, place, done) values ($1, $2, $3, $4, $5)
        on conflict (key_id, experiment, change) do update set place = excluded.place, done = excluded.done
        """;

    public async Task<List<ExposureAssignment>> ReadAsync(CancellationToken cancellationToken)
    {
        var all = new List<ExposureAssignment>();
        await using var command = Sql.Command(database.Hot, ReadSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            all.Add(
                new ExposureAssignment(
                    reader.GetInt32(0),
                    reader.GetString(1),
                    reader.GetInt16(2) == 1,
                    reader.GetGuid(3),
                    reader.GetBoolean(4)
                )
            );
        }

        return all;
    }

    internal static NpgsqlBatchCommand Write(ExposureAssignment one) =>
        Sql.Command(
            WriteSql,
            Sql.Of(one.KeyId),
            Sql.Of(one.Experiment),
            Sql.Of((short)(one.IsStart ? 1 : 2)),
            Sql.Of(one.Place),
            Sql.Of(one.Done)
        );
}
