using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.History;

/// <summary>An event of a person as stored in the log. <paramref name="Data"/> is its JSON in UTF-8.</summary>
public sealed record TrailEvent(Position Position, Guid Id, PersonId Anchor, string Type, DateTimeOffset RecordedAt, byte[] Data);

/// <summary>
/// One anchor of a person: the kind of its identifier, its present owner, and its identifier revision. Erased ones are not included.
/// </summary>
public sealed record TrailAnchor(Guid Anchor, string Kind, Guid? LinkedTo, int Revision, DateTimeOffset CreatedAt);

/// <summary>One remote audience of the queried audience, and the ledger row of the person there.</summary>
public sealed record TrailBinding(
    int BindingId,
    string Destination,
    string Platform,
    string Remote,
    string FedBy,
    bool Bound,
    string? Stopped,
    DateTimeOffset? BlockedUntil,
    bool ConsentRequired,
    long RemovalLaneAt,
    long AddLaneAt,
    TrailDelivery? Delivery
);

/// <summary>A row of the ledger, with the job that includes it.</summary>
public sealed record TrailDelivery(
    Guid Anchor,
    Domain.Syncing.LedgerStatus Status,
    int Revision,
    short Normalizer,
    string? Reason,
    DateTimeOffset UpdatedAt,
    bool Again,
    TrailJob? Job
);

/// <summary>A platform's job. <paramref name="State"/>: running, confirmed, failed, lost, parked.</summary>
public sealed record TrailJob(
    long JobId,
    string State,
    string? Code,
    DateTimeOffset AcceptedAt,
    DateTimeOffset NextPollAt,
    DateTimeOffset? EndedAt
);

/// <summary>A call and its response.</summary>
public sealed record TrailCall(
    long CallId,
    int BindingId,
    Domain.Syncing.MemberOperation Operation,
    int Members,
    int Refused,
    string Code,
    int HttpStatus,
    string? RequestId,
    DateTimeOffset SentAt,
    int LatencyMs
);

/// <summary>Everything stored about a person for one audience: events, anchors, ledger, calls. None of it is an identifier.</summary>
public sealed class PersonTrailQueries(WorkspaceDatabase database)
{
    private const string EventsSql = """
        select e.seq_id, e.id, e.stream_id, e.type, e.timestamp, e.data
        from unnest($1::uuid[]) as d(stream_id) join mt_events e on e.stream_id = d.stream_id order by e.seq_id
        """;

    private const string AnchorsSql = """
        select p.person, case p.kind when 1 then 'customer_id' when 2 then 'email' else 'phone' end, p.owner, p.revision, p.created_at
        from people p where p.person = any($1::uuid[]) order by p.kind, p.person
        """;

    private const string BindingsSql = """
        select b.binding_id, b.destination, a.platform, b.remote, k.audience_key, b.bound, coalesce(b.stopped_code, a.stopped_code),
          a.blocked_until, a.consent_required,
          b.removal_pos, b.add_pos, l.person, l.status, l.revision, l.normalizer, l.reason, l.updated_at, l.redeliver, j.job_id,
          case j.state when 1 then 'running' when 2 then 'confirmed' when 3 then 'failed' when 4 then 'lost' else 'parked' end, j.code,
            j.accepted_at, j.next_poll_at, j.ended_at
        from bindings b join accounts a on a.destination = b.destination join audience_keys k on k.key_id = b.key_id
        left join ledger l on l.binding_id = b.binding_id and l.person = any($2::uuid[]) left join jobs j on j.job_id = l.job_id
        where b.audience = $1 order by b.destination, b.remote, l.person
        """;

    private const string CallsSql = """
        select c.call_id, c.binding_id, c.operation, c.members, c.refused, c.code, c.http_status, c.request_id, c.sent_at, c.latency_ms
        from unnest($1::int[]) as d(binding_id)
        cross join lateral (select n.* from calls n where n.binding_id = d.binding_id order by n.call_id desc limit 3) c
          order by c.binding_id, c.call_id desc
        """;

    private const string ChangedSql = "select m.changed_pos from membership m where m.key_id = $1 and m.person = $2";

    public async Task<List<TrailEvent>> EventsAsync(IEnumerable<PersonId> anchors, CancellationToken cancellationToken)
    {
        var events = new List<TrailEvent>();
        await using var command = Sql.Command(database.Query, EventsSql, Sql.Of(anchors.Select(anchor => anchor.Value).ToList()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(
                new TrailEvent(
                    new Position(reader.GetInt64(0)),
                    reader.GetGuid(1),
                    new PersonId(reader.GetGuid(2)),
                    reader.GetString(3),
                    new DateTimeOffset(reader.GetDateTime(4)),
                    reader.GetFieldValue<byte[]>(5)
                )
            );
        }

        return events;
    }

    public async Task<List<TrailAnchor>> AnchorsAsync(IEnumerable<PersonId> anchors, CancellationToken cancellationToken)
    {
        var found = new List<TrailAnchor>();
        await using var command = Sql.Command(database.Query, AnchorsSql, Sql.Of(anchors.Select(anchor => anchor.Value).ToList()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(
                new TrailAnchor(
                    reader.GetGuid(0),
                    reader.GetString(1),
                    reader.IsDBNull(2) ? null : reader.GetGuid(2),
                    reader.GetInt32(3),
                    new DateTimeOffset(reader.GetDateTime(4))
                )
            );
        }

        return found;
    }

    /// <summary>A binding is returned once for each anchor with a row in its ledger, and once when there is none.</summary>
    public async Task<List<TrailBinding>> BindingsAsync(string audience, IEnumerable<PersonId> anchors, CancellationToken cancellationToken)
    {
        var bindings = new List<TrailBinding>();
        await using var command = Sql.Command(
            database.Query,
            BindingsSql,
            Sql.Of(audience),
            Sql.Of(anchors.Select(anchor => anchor.Value).ToList())
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            bindings.Add(
                new TrailBinding(
                    reader.GetInt32(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetString(4),
                    reader.GetBoolean(5),
                    reader.TextOrNull(6),
                    reader.TimeOrNull(7),
                    reader.GetBoolean(8),
                    reader.GetInt64(9),
                    reader.GetInt64(10),
                    reader.IsDBNull(11) ? null : Delivery(reader)
                )
            );
        }

        return bindings;
    }

    /// <summary>The last three calls of each binding, the latest first.</summary>
    public async Task<List<TrailCall>> CallsAsync(IEnumerable<int> bindings, CancellationToken cancellationToken)
    {
        var calls = new List<TrailCall>();
        await using var command = Sql.Command(database.Query, CallsSql, Sql.Of(bindings.Distinct().ToList()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            calls.Add(
                new TrailCall(
                    reader.GetInt64(0),
                    reader.GetInt32(1),
                    (Domain.Syncing.MemberOperation)reader.GetInt16(2),
                    reader.GetInt32(3),
                    reader.GetInt32(4),
                    reader.GetString(5),
                    reader.GetInt32(6),
                    reader.TextOrNull(7),
                    new DateTimeOffset(reader.GetDateTime(8)),
                    reader.GetInt32(9)
                )
            );
        }

        return calls;
    }

    /// <summary>The changed_pos of a membership; null when there is no such row.</summary>
    public async Task<long?> ChangedAsync(int keyId, PersonId person, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, ChangedSql, Sql.Of(keyId), Sql.Of(person.Value));
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    private static TrailDelivery Delivery(Npgsql.NpgsqlDataReader reader) =>
        new(
            reader.GetGuid(11),
            (Domain.Syncing.LedgerStatus)reader.GetInt16(12),
            reader.GetInt32(13),
            reader.GetInt16(14),
            reader.TextOrNull(15),
            new DateTimeOffset(reader.GetDateTime(16)),
            reader.GetBoolean(17),
            reader.IsDBNull(18)
                ? null
                : new TrailJob(
                    reader.GetInt64(18),
                    reader.GetString(19),
                    reader.TextOrNull(20),
                    new DateTimeOffset(reader.GetDateTime(21)),
                    new DateTimeOffset(reader.GetDateTime(22)),
                    reader.TimeOrNull(23)
                )
        );
}
