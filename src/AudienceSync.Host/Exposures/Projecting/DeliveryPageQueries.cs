using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Exposures.Projecting;

/// <summary>A row of deliveries.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Members">Each person with their delivery.</param>
/// <param name="KeyId">The key that fed the remote audience at that time.</param>
/// <param name="RecordedAt">When it was recorded, by the clock of the server.</param>
internal sealed record DeliveredCall(
    long Number,
    IReadOnlyList<(PersonId Person, ExposureDelivery Delivery)> Members,
    int KeyId,
    DateTimeOffset RecordedAt
);

/// <summary>The spell that a delivery belongs to.</summary>
/// <param name="Token">Of the person.</param>
/// <param name="KeyId">The key.</param>
/// <param name="At">When it was delivered.</param>
internal readonly record struct SpellQuestion(Guid Token, int KeyId, DateTimeOffset At);

/// <summary>Reads deliveries, and the spells that they belong to.</summary>
internal sealed class DeliveryPageQueries(WorkspaceDatabase database)
{
    // A day earlier than the last one read: the clock of a server may be set back.
    private const string EndSql = """
        select coalesce(max(d.delivery_id), 0) from deliveries d
        where d.destination = $1 and d.recorded_at >= $2::timestamptz - interval '1 day'
        """;

    private const string DeliveriesSql = """
        select d.delivery_id, d.recorded_at, d.at, d.binding_id, d.run_id, d.call_id, d.job_id, d.kind, d.people, d.results, d.codes,
          coalesce(f.key_id, b.key_id)
        from deliveries d join bindings b on b.binding_id = d.binding_id
        left join lateral (
          select r.key_id from exposure_feeds r where r.destination = b.destination and r.remote = b.remote and r.since <= d.at
          order by r.since desc limit 1) f on true
        where d.destination = $1 and d.delivery_id > $2 and d.delivery_id <= $3 and d.recorded_at >= $4::timestamptz - interval '1 day'
        order by d.delivery_id limit $5
        """;

    // The spell that was known of at that time: an older delivery may be read late.
    private const string SpellsSql = """
        select d.n, p.spell_id, p.eligible_from, p.opened_at, p.eligible_to, p.closed_at, p.end_reason, p.arm, p.experiment
        from unnest($1::uuid[], $2::int[], $3::timestamptz[]) with ordinality as d(person_key, key_id, at, n)
        cross join lateral (
          select r.* from exposure_periods r where r.person_key = d.person_key and r.key_id = d.key_id and r.opened_at <= d.at
          order by r.opened_at desc, r.spell_id desc limit 1) p
        """;

    private const string SendsSql = """
        select s.spell_id, s.binding_id, s.sent_at, s.acknowledged_at, s.removed_at, s.removed_acknowledged_at
        from unnest($1::bigint[]) as d(spell_id)
        cross join lateral (select r.* from exposure_sends r where r.spell_id = d.spell_id offset 0) s
        """;

    /// <summary>The number of the last delivery of an account; 0 when there is none.</summary>
    public async Task<long> EndAsync(string destination, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, EndSql, Sql.Of(destination), Sql.Of(since));
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The next deliveries of an account, until a number of people is reached. A call is not divided.</summary>
    public async Task<List<DeliveredCall>> ReadAsync(
        string destination,
        ExposureCursor cursor,
        long upTo,
        (int Calls, int People) page,
        CancellationToken cancellationToken
    )
    {
        var calls = new List<DeliveredCall>();
        var people = 0;
        await using var command = Sql.Command(
            database.Hot,
            DeliveriesSql,
            Sql.Of(destination),
            Sql.Of(cursor.Position),
            Sql.Of(upTo),
            Sql.Of(cursor.Since),
            Sql.Of(page.Calls)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (people < page.People && await reader.ReadAsync(cancellationToken))
        {
            var ids = reader.GetFieldValue<Guid[]>(8);
            var results = reader.GetFieldValue<string[]>(9);
            var codes = reader.IsDBNull(10) ? null : reader.GetFieldValue<short[]>(10);
            var common = new ExposureDelivery(
                (DeliveryKind)reader.GetInt16(7),
                "",
                reader.GetFieldValue<DateTimeOffset>(2),
                reader.GetInt32(3),
                reader.IsDBNull(4) ? null : reader.GetInt64(4),
                reader.IsDBNull(5) ? null : reader.GetInt64(5),
                !reader.IsDBNull(6)
            );
            calls.Add(
                new DeliveredCall(
                    reader.GetInt64(0),
                    [.. ids.Select((id, n) => (new PersonId(id), common with { Result = results[(codes?[n] ?? 1) - 1] }))],
                    reader.GetInt32(11),
                    reader.GetFieldValue<DateTimeOffset>(1)
                )
            );
            people += ids.Length;
        }

        return calls;
    }

    /// <summary>The spell of each question, in their order; null where none is known.</summary>
    public async Task<ExposureSpell?[]> SpellsAsync(
        IReadOnlyList<(PersonId Person, SpellQuestion Question)> asked,
        CancellationToken cancellationToken
    )
    {
        var spells = new ExposureSpell?[asked.Count];
        await using var command = Sql.Command(
            database.Hot,
            SpellsSql,
            Sql.Of(asked.Select(one => one.Question.Token).ToList()),
            Sql.Of(asked.Select(one => one.Question.KeyId).ToList()),
            Sql.OfTimes(asked.Select(one => (DateTime?)one.Question.At.UtcDateTime).ToList())
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var n = (int)reader.GetInt64(0) - 1;
            spells[n] = ExposureStateQueries.Spell(reader, 1, asked[n].Person, asked[n].Question.KeyId);
        }

        return spells;
    }

    /// <summary>What was delivered of some spells.</summary>
    public async Task<Dictionary<(long SpellId, int BindingId), ExposureSend>> SendsAsync(
        IEnumerable<long> spells,
        CancellationToken cancellationToken
    )
    {
        var sends = new Dictionary<(long, int), ExposureSend>();
        await using var command = Sql.Command(database.Hot, SendsSql, Sql.Of(spells.Distinct().ToList()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var send = new ExposureSend(reader.GetInt64(0), reader.GetInt32(1))
            {
                SentAt = reader.TimeOrNull(2),
                AcknowledgedAt = reader.TimeOrNull(3),
                RemovedAt = reader.TimeOrNull(4),
                RemovedAcknowledgedAt = reader.TimeOrNull(5),
            };
            sends[(send.SpellId, send.BindingId)] = send;
        }

        return sends;
    }
}
