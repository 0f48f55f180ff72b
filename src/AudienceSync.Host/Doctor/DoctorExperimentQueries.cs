using AudienceSync.Domain.Doctor;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Doctor;

/// <summary>Counts the arms of running experiments, by the index of members and their states.</summary>
internal sealed class DoctorExperimentQueries(WorkspaceDatabase database)
{
    private const string ArmsSql = $"""
        select e.name, k.audience_key, c.treatment, c.holdout, e.holdout_share
        from experiments e
        join audience_keys k on k.audience = e.audience and k.retired_at is null
        cross join lateral (
          select count(*) filter (where {TargetingSql.Anywhere}) as treatment, count(*) filter (where m.state = 7) as holdout
          from membership m where m.key_id = k.key_id and m.state in (1, 6, 7)) c
        where e.phase = 2 order by e.name, k.key_id
        """;

    public async Task<IReadOnlyList<DoctorExperiment>> ReadAsync(CancellationToken cancellationToken)
    {
        var experiments = new List<DoctorExperiment>();
        await using var command = Sql.Command(database.Query, ArmsSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            experiments.Add(
                new DoctorExperiment(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt32(4))
            );
        }

        return experiments;
    }
}
