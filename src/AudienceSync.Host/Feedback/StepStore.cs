using AudienceSync.Domain.Feedback;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Feedback;

/// <summary>A step whose outcome is due to be looked at.</summary>
/// <param name="Number">Its number.</param>
/// <param name="RecordedAt">When its event was accepted.</param>
/// <param name="Reported">What was reported of it already; null for nothing.</param>
/// <param name="PersonGone">Whether its person is erased or being erased.</param>
/// <param name="Outcome">What it did.</param>
internal sealed record DueStep(long Number, DateTimeOffset RecordedAt, string? Reported, bool PersonGone, StepOutcome Outcome)
{
    public required short KeyVersion { get; init; }

    public required byte[] Cipher { get; init; }
}

/// <summary>Reads steps with what they did, and removes those that are done.</summary>
internal sealed class StepStore(WorkspaceDatabase database)
{
    // An anchor leads to its person in two steps at most. 20 are both purposes granted.
    private const string DueSql = """
        select s.step_id, s.recorded_at, s.reported, s.key_version, s.cipher, s.kind,
          r.person is null
            or exists (select from erasures e where e.state = 1 and (r.person = any(e.anchors) or s.person = any(e.anchors))),
          coalesce(
            (select e.seq_id from mt_events e where e.id = s.event_id)
              <= (select p.last_seq_id from mt_event_progression p where p.name = 'membership:All'),
            false),
          m.state, coalesce(m.restrictions, 0::smallint), b.statuses, b.reasons, b.restricted, coalesce(b.parked, false)
        from feedback_steps s
        left join people p1 on p1.person = s.person
        left join people p2 on p2.person = p1.owner
        left join people r on r.person = coalesce(p2.owner, p1.owner, p1.person)
        left join audience_keys k on k.audience_key = s.audience_key
        left join membership m on m.key_id = k.key_id and m.person = r.person
        left join lateral (
          select array_agg(coalesce(l.status, 0::smallint) order by n.binding_id) as statuses,
            array_agg(coalesce(l.reason, '') order by n.binding_id) as reasons,
            array_agg(case when n.destination = any(m.restricted_at) then 'suppressed'
              when a.consent_required and m.restrictions & 20 <> 20 then 'no_consent' else '' end
              order by n.binding_id) as restricted,
            bool_or(a.stopped_code is not null or n.stopped_code is not null
              or case when s.kind = 1 then n.add_next_at else n.removal_next_at end = 'infinity') as parked
          from bindings n join accounts a on a.destination = n.destination
          left join ledger l on l.binding_id = n.binding_id and l.person = r.person
          where n.key_id = k.key_id and n.bound) b on true
        where s.source = $1 and s.next_at <= $2 order by s.step_id limit $3
        """;

    private const string PostponeSql = """
        update feedback_steps s set next_at = d.next_at
        from unnest($1::bigint[], $2::timestamptz[]) as d(step_id, next_at) where s.step_id = d.step_id
        """;

    private const string ReportedSql = "update feedback_steps set reported = $2, next_at = $3 where step_id = $1";

    /// <summary>The steps that are due, oldest first.</summary>
    public async Task<List<DueStep>> DueAsync(string source, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var due = new List<DueStep>();
        await using var command = Sql.Command(database.Query, DueSql, Sql.Of(source), Sql.Of(now), Sql.Of(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var status = await reader.IsDBNullAsync(8, cancellationToken) ? (MembershipStatus?)null : (MembershipStatus)reader.GetInt16(8);
            var places = await reader.IsDBNullAsync(10, cancellationToken)
                ? []
                : Places(reader.GetFieldValue<short[]>(10), reader.GetFieldValue<string[]>(11), reader.GetFieldValue<string[]>(12));
            var parked = reader.GetBoolean(13);
            var outcome =
                !reader.GetBoolean(7) ? StepOutcome.Undecided // The projector has not read the step's event.
                : reader.GetInt16(5) == 1 ? StepOutcomes.OfAdd(status, (TargetingRestrictions)reader.GetInt16(9), places, parked)
                : StepOutcomes.OfRemoval(status, places, parked);
            due.Add(
                new DueStep(
                    reader.GetInt64(0),
                    reader.GetFieldValue<DateTimeOffset>(1),
                    reader.TextOrNull(2),
                    reader.GetBoolean(6),
                    outcome
                )
                {
                    KeyVersion = reader.GetInt16(3),
                    Cipher = reader.GetFieldValue<byte[]>(4),
                }
            );
        }

        return due;
    }

    /// <summary>Steps that are looked at again later.</summary>
    public async Task PostponeAsync(IReadOnlyList<(long Number, DateTimeOffset NextAt)> steps, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Query,
            PostponeSql,
            Sql.Of(steps.Select(step => step.Number).ToList()),
            Sql.OfTimes(steps.Select(step => step.NextAt.UtcDateTime).ToList())
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Something was reported of a step, and more will follow.</summary>
    public async Task ReportedAsync(long number, string metric, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, ReportedSql, Sql.Of(number), Sql.Of(metric), Sql.Of(nextAt));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The step is done, and its delivery id is gone.</summary>
    public async Task RemoveAsync(long number, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, "delete from feedback_steps where step_id = $1", Sql.Of(number));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static List<StepPlace> Places(short[] statuses, string[] reasons, string[] restricted) =>
        [
            .. statuses.Select(
                (status, place) =>
                    new StepPlace(
                        (LedgerStatus)status,
                        reasons[place].Length == 0 ? null : reasons[place],
                        restricted[place].Length == 0 ? null : restricted[place]
                    )
            ),
        ];
}
