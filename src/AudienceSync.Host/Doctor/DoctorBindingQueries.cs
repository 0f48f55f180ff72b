using AudienceSync.Domain.Doctor;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Doctor;

/// <summary>Reads the remote audiences that are fed: what was delivered, and what became of the last calls.</summary>
internal sealed class DoctorBindingQueries(WorkspaceDatabase database, DoctorScene scene)
{
    /// <summary>Rows of the ledger that are looked at; delivered members are counted up to here.</summary>
    private const int MostRows = 10_000;

    /// <summary>Calls that are looked at.</summary>
    private const int MostCalls = 1_000;

    // Operations: 1 add, 2 removal. Outcomes: 1 done, 2 partly done.
    private const string BindingsSql = """
        select b.destination, b.audience, b.remote, k.audience_key, k.consent_policy = 2 or a.consent_required,
          (select count(*) from (
            select l.status from ledger l where l.binding_id = b.binding_id order by l.person limit $4) l where l.status = 2),
          (select f.sent_at from calls f where f.binding_id = b.binding_id order by f.call_id limit 1), c.adds, c.removals, c.bodyless
        from bindings b
        join accounts a on a.destination = b.destination
        join audience_keys k on k.key_id = b.key_id
        join unnest($2::text[], $3::text[]) as d(destination, lost) on d.destination = b.destination
        cross join lateral (
          select count(*) filter (where r.operation = 1 and r.outcome in (1, 2)) as adds,
            count(*) filter (where r.operation = 2 and r.outcome in (1, 2)) as removals,
            count(*) filter (where r.operation = 2 and r.code = d.lost) as bodyless
          from (select s.operation, s.outcome, s.code, s.sent_at from calls s where s.binding_id = b.binding_id
            order by s.call_id desc limit $5) r
          where r.sent_at > $1::timestamptz - $6::interval) c
        where b.bound order by b.binding_id
        """;

    public async Task<IReadOnlyList<DoctorBinding>> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var bindings = new List<DoctorBinding>();
        await using var command = Sql.Command(
            database.Query,
            BindingsSql,
            Sql.Of(now),
            Sql.Of(scene.Destinations.Keys.ToArray()),
            Sql.Of(scene.Destinations.Values.Select(destination => destination.Limits.LostBodyCode ?? "").ToArray()),
            Sql.Of(MostRows),
            Sql.Of(MostCalls),
            Sql.Of(DoctorRules.Window)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var destination = reader.GetString(0);
            bindings.Add(
                new DoctorBinding(destination, reader.GetString(1), reader.GetString(2), reader.GetString(3))
                {
                    ConsentRequired = reader.GetBoolean(4),
                    LeastMembers = scene.Destinations[destination].Limits.LeastMembers,
                    Delivered = reader.GetInt64(5),
                    FirstCallAt = reader.TimeOrNull(6),
                    AcceptedAdds = reader.GetInt64(7),
                    AcceptedRemovals = reader.GetInt64(8),
                    RemovalsWithoutBody = reader.GetInt64(9),
                }
            );
        }

        return bindings;
    }
}
