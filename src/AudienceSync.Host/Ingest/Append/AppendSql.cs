using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// The statements of a group commit. Each takes whole columns as arrays, so a commit costs the same number of statements and round trips
/// whether it has one event or a thousand. None has an anti-join: existing rows are read by index under the lock, or left to ON CONFLICT,
/// so the plan is the same on an empty, a growing and a full database. For the same reason each element is looked up by a lateral with a
/// limit, or, where a table is updated, comes from a list with one: the planner then estimates the list at one row, and no access path for
/// one row is cheaper than the table's unique index.
/// </summary>
internal static class AppendSql
{
    /// <summary>
    /// A separate statement, before any snapshot that reads and before any nextval: from here to the commit this is the workspace's only
    /// append, so position order is commit order, and what is read below cannot change.
    /// </summary>
    public const string Lock = "select append_lock()";

    /// <summary>
    /// The lock, and in the same statement the refusal to continue when the positions are not where this host left them
    /// (<see cref="HeadMoved"/>): then another host appended, and this host's cache cannot be trusted. It also refuses when an erased
    /// person is named.
    /// </summary>
    public const string LockAt = "select append_after($1, $2, $3)";

    /// <summary>The SQLSTATE of a refused <see cref="LockAt"/>.</summary>
    public const string HeadMoved = "AS002";

    /// <summary>The last position. Under the lock, so no other session advances it meanwhile.</summary>
    public const string Head = "select case when is_called then last_value else 0 end from mt_events_sequence";

    /// <summary>Whether any person was ever erased.</summary>
    public const string AnyTombstone = "select exists (select from tombstones)";

    public const string Tombstones =
        "select t.digest, t.erasure from unnest($1::uuid[]) as d(digest) cross join lateral (select r.* from "
        + "tombstones r where r.digest = d.digest limit 1) t";

    public const string KnownEvents = "select id from mt_events where id = any($1)";

    /// <summary>For one day, so that a cached plan reads no other partition.</summary>
    public const string KnownSignatures = "select digest, receipts from request_signatures where signed_on = $1 and digest = any($2)";

    public const string KnownAliases = """
        select a.digest, a.kind, a.anchor, a.owner, a.claimed_at, p.owner, p.revision, p.email, p.phone, p.details, s.version
        from unnest($1::uuid[]) as d(digest)
        cross join lateral (select r.* from person_aliases r where r.digest = d.digest limit 1) a
        left join people p on p.person = a.anchor
        left join mt_streams s on s.id = a.anchor
        """;

    /// <summary>All people that the aliases lead to, with everyone linked to them, up to the root and down to the last anchor.</summary>
    public const string Groups = """
        with recursive up(person) as (
          select x.person from unnest($1::uuid[]) as d(digest)
            cross join lateral (select r.* from person_aliases r where r.digest = d.digest limit 1) a
            cross join lateral (values (a.anchor), (a.owner)) as x(person) where x.person is not null
          union
          select p.owner from up cross join lateral (select r.owner from people r where r.person = up.person limit 1) p
            where p.owner is not null),
        down(person) as (
          select up.person from up union
          select p.person from down cross join lateral (select r.person from people r where r.owner = down.person offset 0) p)
        select p.person, p.kind, p.anchor, p.owner, p.revision, p.email, p.phone, p.details, s.version, p.salt, v.key_version, v.cipher,
          (select r.state from link_stops r where r.person = d.person)
        from down d
        cross join lateral (select r.* from people r where r.person = d.person limit 1) p
        cross join lateral (select r.version from mt_streams r where r.id = d.person limit 1) s
        cross join lateral (select r.* from vault r where r.person = d.person and r.revision = p.revision limit 1) v
        """;

    /// <summary>When each person last claimed what their current revision has; bits as in <see cref="Domain.Identity.Reach"/>.</summary>
    public const string Reclaimed = """
        select d.person, t.email, t.phone, t.details from unnest($1::uuid[], $2::int[]) as d(person, revision)
        cross join lateral (
          select max((e.data->>'occurredAt')::timestamptz) filter (where (e.data->>'saidKinds')::int & 4 <> 0) as email,
            max((e.data->>'occurredAt')::timestamptz) filter (where (e.data->>'saidKinds')::int & 8 <> 0) as phone,
            max((e.data->>'occurredAt')::timestamptz) filter (where (e.data->>'saidKinds')::int & 1 <> 0) as details
          from mt_events e where e.stream_id = d.person and (e.data->>'saidRevision')::int = d.revision) t
        """;

    // Rows that are known to be new under the lock are inserted plainly: ON CONFLICT would look them up in the index once more, and the
    // unique index refuses the batch anyway should one not be new. Four tables in one statement, because a statement of a few rows costs as
    // much as its rows.
    public static readonly string New = $"""
        with new_people as (
          insert into people (person, salt, kind, anchor, owner, revision, email, phone, details, created_at)
          select d.person, d.salt, d.kind, d.anchor, d.owner, d.revision, d.email, d.phone, d.details, $7
          from unnest($8::uuid[], $9::bytea[], $10::smallint[], $11::uuid[], $12::uuid[], $13::int[], $14::uuid[], $15::uuid[], $16::uuid[])
            as d(person, salt, kind, anchor, owner, revision, email, phone, details)),
        new_aliases as (
          insert into person_aliases (digest, kind, anchor, owner, claimed_at, parser)
          select d.digest, d.kind, d.anchor, d.owner, d.claimed_at, {IdentifierReader.ParserVersion}
          from unnest($17::uuid[], $18::smallint[], $19::uuid[], $20::uuid[], $21::timestamptz[]) as d(digest, kind, anchor, owner,
            claimed_at)),
        new_streams as (
          insert into mt_streams (id, type, version, timestamp, created)
          select d.id, $22, d.version, $7, $7 from unnest($23::uuid[], $24::bigint[]) as d(id, version))
        {NewRevisions}
        """;

    public const string ChangedPeople = """
        update people p set owner = d.owner, revision = d.revision, email = d.email, phone = d.phone, details = d.details
        from (select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::uuid[], $5::uuid[], $6::uuid[]) limit cardinality($1))
          as d(person, owner, revision, email, phone, details)
        where p.person = d.person
        """;

    private const string NewRevisions = """
        insert into vault (person, revision, key_version, cipher, email, phone, created_at)
        select d.person, d.revision, $6, d.cipher, d.email, d.phone, $7
        from unnest($1::uuid[], $2::int[], $3::bytea[], $4::uuid[], $5::uuid[]) as d(person, revision, cipher, email, phone)
        """;

    public const string FurtherRevisions =
        NewRevisions
        + """

            on conflict (person, revision) do update set key_version = excluded.key_version, cipher = excluded.cipher
            """;

    public const string ChangedAliases = """
        update person_aliases a set anchor = d.anchor, owner = d.owner, claimed_at = d.claimed_at
        from (select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) limit cardinality($1)) as d(digest, anchor, owner,
          claimed_at)
        where a.digest = d.digest
        """;

    public const string KnownStreams = """
        update mt_streams s set version = d.version, timestamp = $3
        from (select * from unnest($1::uuid[], $2::bigint[]) limit cardinality($1)) as d(id, version)
        where s.id = d.id
        """;

    /// <summary>
    /// The events after the head, which no other session can move under the lock. The positions are drawn from the sequence afterwards
    /// (<see cref="Draw"/>), so that a batch that the unique index refuses as a duplicate leaves the sequence, and every host's cache,
    /// unchanged.
    /// </summary>
    public const string Events = """
        insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp)
        select $7 + d.place, d.id, d.stream_id, d.version, d.data, d.type, $6
        from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[], $5::varchar[]) with ordinality as d(id, stream_id, version, data,
          type, place)
        """;

    public const string Draw = "select count(nextval('mt_events_sequence')) from generate_series(1::bigint, $1)";

    public const string Bodies = """
        insert into raw_bodies (received_at, first_position, last_position, key_version, cipher) values ($1, $2, $3, $4, $5)
        """;

    /// <summary>As <see cref="Bodies"/>, for reports.</summary>
    public const string Reports = """
        insert into reporting_bodies (received_at, first_position, last_position, key_version, cipher) values ($1, $2, $3, $4, $5)
        """;

    public const string Quarantine = """
        insert into quarantine
          (id, source, refused, reason, detail, audience_key, event_id, first_seen_at, last_seen_at, key_version,
            body_bytes, cipher, mentions, mention_state, removal)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12, $13, $14)
        on conflict (id) do update set seen = quarantine.seen + 1, last_seen_at = excluded.last_seen_at
        """;

    public const string LinkStops = """
        insert into link_stops (person, kind, state, stopped_at) select d.person, d.kind, 1, $3
          from unnest($1::uuid[], $2::smallint[]) as d(person, kind)
        on conflict (person) do nothing
        """;

    public const string Refused = """
        update erasures e set refused_events = e.refused_events + d.events, last_refused_at = $3
        from (select * from unnest($1::uuid[], $2::int[]) limit cardinality($1)) as d(erasure, events) where e.erasure = d.erasure
        """;

    /// <summary>Adds to the counts of a source, and to those of its day. Under the lock, so no other session adds meanwhile.</summary>
    public const string Counts = """
        with days as (
          insert into source_days (source, code, day, events)
          select d.source, d.code, ($4::timestamptz at time zone 'UTC')::date, d.events
          from unnest($1::text[], $2::text[], $3::bigint[]) as d(source, code, events)
          on conflict (day, source, code) do update set events = source_days.events + excluded.events)
        insert into source_counts (source, code, events, last_seen_at)
        select d.source, d.code, d.events, $4 from unnest($1::text[], $2::text[], $3::bigint[]) as d(source, code, events)
        on conflict (source, code) do update set events = source_counts.events + excluded.events, last_seen_at = excluded.last_seen_at
        """;

    /// <summary>
    /// Counts the duplicates that differ from the events that the log has under their ids: other data, another time, or an identifier that
    /// is not stored. Data that the append itself added (<see cref="Domain.Events.EventJson.WithClaimedKinds"/>) is not a difference.
    /// </summary>
    public const string ReusedIds = """
        insert into source_counts (source, code, events, last_seen_at)
        select d.source, 'id_reused', count(*), $7
        from unnest($1::uuid[], $2::text[], $3::jsonb[], $4::bool[]) as d(id, source, data, has_time)
        cross join lateral (select r.data from mt_events r where r.id = d.id limit 1) e
        where e.data - '{saidRevision,saidKinds,occurredAt,senderOccurredAt}'::text[] <> d.data - '{occurredAt,senderOccurredAt}'::text[]
          or (d.has_time and coalesce(e.data->>'senderOccurredAt', e.data->>'occurredAt') <> coalesce(d.data->>'senderOccurredAt',
            d.data->>'occurredAt'))
          or exists (
            select from unnest($5::uuid[], $6::uuid[]) as n(id, digest)
            where n.id = d.id and not exists (select from person_aliases a where a.digest = n.digest offset 0))
        group by d.source
        on conflict (source, code) do update set events = source_counts.events + excluded.events, last_seen_at = excluded.last_seen_at
        """;

    public const string Signatures = """
        insert into request_signatures (signed_on, digest, receipts)
        select d.signed_on, d.digest, d.receipts from unnest($1::date[], $2::uuid[], $3::bytea[]) as d(signed_on, digest, receipts)
        """;

    public const string EnsureSignatures = "select ensure_signature_partition($1)";

    public const string DropSignatures = "select drop_signature_partitions($1)";

    public const string Notify = "select pg_notify($1, '')";

    public const string EnsureBodies = "select ensure_body_partition($1)";

    public const string DropBodies = "select drop_body_partitions($1)";

    public const string EnsureReports = "select ensure_reporting_body_partition($1)";

    public const string DropReports = "select drop_reporting_body_partitions($1)";
}
