using AudienceSync.Domain.Events;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Exposures.Projecting;

/// <summary>Anchors as the exposure log knows them.</summary>
/// <param name="Owners">From an anchor to its root.</param>
/// <param name="Tokens">The token of each.</param>
internal sealed record KnownAnchors(Dictionary<PersonId, PersonId> Owners, Dictionary<PersonId, Guid> Tokens);

/// <summary>
/// Reads what the projector continues from. Nobody else writes these rows while its lease holds, which each write verifies, so reads need
/// no transaction.
/// </summary>
internal sealed class ExposureStateQueries(WorkspaceDatabase database)
{
    private const string HeadSql = "select position, spell_id, recorded_at from exposure_head";

    private const string CursorSql = "select position, since from exposure_cursors where stream = $1";

    // With those who were linked to them.
    private const string AnchorsSql = """
        select p.person, p.owner, p.person_key from unnest($1::uuid[]) as d(person)
        cross join lateral (select r.* from exposure_people r where r.person = d.person limit 1) p
        union
        select p.person, p.owner, p.person_key from unnest($1::uuid[]) as d(person)
        cross join lateral (select r.* from exposure_people r where r.owner = d.person offset 0) p
        """;

    internal const string MemberColumns = """
        m.person, m.key_id, m.added_at, m.removed_at, m.until_at, p.spell_id, p.eligible_from, p.opened_at, p.eligible_to, p.closed_at,
          p.end_reason, p.arm, p.experiment
        """;

    private const string MembersSql = $"""
        select {MemberColumns} from unnest($1::uuid[]) as d(person)
        cross join lateral (select r.* from exposure_members r where r.person = d.person offset 0) m
        left join lateral (select r.* from exposure_periods r where r.spell_id = m.spell_id limit 1) p on true
        """;

    private const string ExpiredSql = $"""
        select {MemberColumns} from exposure_members m
        left join lateral (select r.* from exposure_periods r where r.spell_id = m.spell_id limit 1) p on true
        where m.open and m.until_at <= $1 order by m.until_at, m.person, m.key_id limit $2
        """;

    private const string KeyMembersSql = $"""
        select {MemberColumns} from exposure_members m
        left join lateral (select r.* from exposure_periods r where r.spell_id = m.spell_id limit 1) p on true
        where m.key_id = $1 and m.person > $2 order by m.person limit $3
        """;

    private const string TakeoverSql = "select key_id, from_key, at, place from exposure_takeovers order by key_id limit 1";

    public async Task<ExposureHead> HeadAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, HeadSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ExposureHead(reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2));
    }

    /// <summary>At the beginning where there is none.</summary>
    public async Task<ExposureCursor> CursorAsync(string stream, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, CursorSql, Sql.Of(stream));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new ExposureCursor(stream, reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1))
            : new ExposureCursor(stream, 0, new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    public async Task<List<LogEvent>> EventsAsync(long after, int limit, CancellationToken cancellationToken)
    {
        var events = new List<LogEvent>(limit);
        await LogPageQueries.ReadAsync(database.Hot, new Position(after), limit, events, cancellationToken);
        return events;
    }

    /// <summary>These people, those who were linked to them, and their owners.</summary>
    public async Task<KnownAnchors> AnchorsAsync(IReadOnlyCollection<PersonId> people, CancellationToken cancellationToken)
    {
        var known = new KnownAnchors([], []);
        await AddAsync(known, [.. people.Select(person => person.Value)], cancellationToken);
        var others = known.Owners.Values.Where(owner => !known.Tokens.ContainsKey(owner)).Select(owner => owner.Value).Distinct().ToList();
        if (others.Count > 0)
        {
            await AddAsync(known, others, cancellationToken);
        }

        return known;
    }

    public Task<List<ExposureMember>> MembersAsync(IEnumerable<PersonId> people, CancellationToken cancellationToken) =>
        ReadAsync(MembersSql, [Sql.Of(people.Select(person => person.Value).ToList())], cancellationToken);

    /// <summary>Those whose window has passed, the oldest first.</summary>
    public Task<List<ExposureMember>> ExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        ReadAsync(ExpiredSql, [Sql.Of(now), Sql.Of(limit)], cancellationToken);

    /// <summary>The members of a key in the order of their people, after one.</summary>
    public Task<List<ExposureMember>> OfKeyAsync(int keyId, Guid after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(KeyMembersSql, [Sql.Of(keyId), Sql.Of(after), Sql.Of(limit)], cancellationToken);

    /// <summary>The next take-over; null when none is open.</summary>
    public async Task<ExposureTakeover?> TakeoverAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, TakeoverSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new ExposureTakeover(reader.GetInt32(0), reader.GetInt32(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetGuid(3))
            : null;
    }

    /// <summary>A spell that begins at a column; null when the columns are.</summary>
    internal static ExposureSpell? Spell(NpgsqlDataReader reader, int first, PersonId person, int keyId) =>
        reader.IsDBNull(first)
            ? null
            : new ExposureSpell(
                reader.GetInt64(first),
                person,
                keyId,
                reader.GetFieldValue<DateTimeOffset>(first + 1),
                reader.GetFieldValue<DateTimeOffset>(first + 2)
            )
            {
                To = reader.TimeOrNull(first + 3),
                ClosedAt = reader.TimeOrNull(first + 4),
                EndReason = reader.TextOrNull(first + 5),
                Arm = (ExposureArm)reader.GetInt16(first + 6),
                Experiment = reader.TextOrNull(first + 7),
            };

    private async Task AddAsync(KnownAnchors known, List<Guid> people, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, AnchorsSql, Sql.Of(people));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var person = new PersonId(reader.GetGuid(0));
            known.Tokens[person] = reader.GetGuid(2);
            if (!await reader.IsDBNullAsync(1, cancellationToken))
            {
                known.Owners[person] = new PersonId(reader.GetGuid(1));
            }
        }
    }

    private async Task<List<ExposureMember>> ReadAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var members = new List<ExposureMember>();
        await using var command = Sql.Command(database.Hot, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = new RowId(new PersonId(reader.GetGuid(0)), reader.GetInt32(1));
            members.Add(
                new ExposureMember(
                    id,
                    new MembershipState(reader.TimeOrNull(2), reader.TimeOrNull(3)),
                    reader.TimeOrNull(4),
                    Spell(reader, 5, id.Person, id.KeyId)
                )
            );
        }

        return members;
    }
}
