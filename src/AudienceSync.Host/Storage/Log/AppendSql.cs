namespace AudienceSync.Host.Storage.Log;

/// <summary>
/// The statements of a group commit. Every one takes whole columns as arrays, so a commit costs the same number of statements and round
/// trips whether it holds one event or a thousand. None has an anti-join: what is already there is read by index under the lock, or left
/// to ON CONFLICT, so the plan is the same on an empty, a growing and a full database.
/// </summary>
internal static class AppendSql
{
    public const string Begin = "begin";

    public const string Commit = "commit";

    /// <summary>
    /// A statement of its own, before any snapshot that reads and before any nextval: from here to the commit this is the workspace's only
    /// append, so position order is commit order, and what is read below cannot change.
    /// </summary>
    public const string Lock = "select pg_advisory_xact_lock($1)";

    /// <summary>Where the positions stand. Under the lock, so nobody draws meanwhile.</summary>
    public const string Head = "select case when is_called then last_value else 0 end from mt_events_sequence";

    public const string KnownEvents = "select id from mt_events where id = any($1)";

    public const string KnownAliases = """
        select a.digest, a.kind, a.seen_at, p.person, p.kinds, p.revision, s.version
        from unnest($1::uuid[]) as d(digest)
        join person_aliases a on a.digest = d.digest
        join people p on p.person = a.person
        join mt_streams s on s.id = a.person
        """;

    public const string Vault = """
        select p.person, p.salt, v.key_version, v.cipher
        from unnest($1::uuid[]) as d(person)
        join people p on p.person = d.person
        join vault v on v.person = p.person and v.revision = p.revision
        """;

    // What is known to be new under the lock is inserted plainly: ON CONFLICT would look for it in the index once more, and the unique index
    // refuses the batch all the same should it not be new.
    public const string NewPeople = """
        insert into people (person, salt, kinds, revision, created_at)
        select d.person, d.salt, d.kinds, d.revision, $5
        from unnest($1::uuid[], $2::bytea[], $3::smallint[], $4::int[]) as d(person, salt, kinds, revision)
        """;

    public const string ChangedPeople = """
        update people p set kinds = d.kinds, revision = d.revision
        from unnest($1::uuid[], $2::smallint[], $3::int[]) as d(person, kinds, revision)
        where p.person = d.person
        """;

    public const string Revisions = """
        insert into vault (person, revision, key_version, cipher, created_at)
        select d.person, d.revision, $4, d.cipher, $5
        from unnest($1::uuid[], $2::int[], $3::bytea[]) as d(person, revision, cipher)
        on conflict (person, revision) do update set key_version = excluded.key_version, cipher = excluded.cipher
        """;

    public const string NewAliases = """
        insert into person_aliases (digest, person, kind, seen_at)
        select d.digest, d.person, d.kind, d.seen_at
        from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[]) as d(digest, person, kind, seen_at)
        """;

    public const string MovedAliases = """
        update person_aliases a set person = d.person, seen_at = d.seen_at
        from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as d(digest, person, seen_at)
        where a.digest = d.digest
        """;

    public const string NewStreams = """
        insert into mt_streams (id, type, version, timestamp, created)
        select d.id, $3, d.version, $4, $4
        from unnest($1::uuid[], $2::bigint[]) as d(id, version)
        """;

    public const string KnownStreams = """
        update mt_streams s set version = d.version, timestamp = $3
        from unnest($1::uuid[], $2::bigint[]) as d(id, version)
        where s.id = d.id
        """;

    public const string Events = """
        insert into mt_events (id, stream_id, version, data, type, timestamp)
        select d.id, d.stream_id, d.version, d.data, d.type, $6
        from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::jsonb[], $5::varchar[]) as d(id, stream_id, version, data, type)
        """;

    /// <summary>The events of this commit have the positions up to currval, without holes, because nobody else may draw meanwhile.</summary>
    public const string Bodies = """
        insert into raw_bodies (received_at, first_position, last_position, key_version, cipher)
        values ($1, currval('mt_events_sequence') - $2 + 1, currval('mt_events_sequence'), $3, $4)
        """;

    public const string Quarantine = """
        insert into quarantine
          (id, source, refused, reason, detail, audience_key, event_id, first_seen_at, last_seen_at, key_version, body_bytes, cipher)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11)
        on conflict (id) do update set seen = quarantine.seen + 1, last_seen_at = excluded.last_seen_at
        """;

    public const string Notify = "select pg_notify($1, '')";

    public const string EnsureBodies = "select ensure_body_partition($1)";

    public const string DropBodies = "select drop_body_partitions($1)";
}
