namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>The statements of a swap; they name two schemas, so they are built per workspace.</summary>
internal sealed class SwapSql(string live, string next, string former, int? keyId)
{
    private readonly string _only = keyId is { } id ? $" and k.key_id = {id}" : "";

    // Rows that the live generation got meanwhile and that have no event in the log: a root whose anchors have left again. A lane may be
    // processing them, so they stay as rows without facts. $1 seen, $2 the last number assigned. Returns how many numbers were used.
    public string CarrySql =>
        $"""
            with carried as (
              insert into {next}.membership ({MembershipCopy.Columns})
              select l.key_id, l.person, null, null, case when l.state = 5 then 5 else 2 end, timestamptz 'epoch', null, 0,
                case when l.added_at is null and l.removed_at is null then l.changed_pos else $2 + row_number() over () end, l.restrictions,
                  l.restricted_at
              from ({Changed(live, "$1")}) l
              where not exists (select from {next}.membership n where n.key_id = l.key_id and n.person = l.person)
              returning changed_pos)
            select greatest(0, coalesce(max(changed_pos), $2) - $2) from carried
            """;

    // Rows that changed in either generation since the comparison, or whose person has new identifiers that the live one has not read. $1
    // seen, $2 filled, $3 the live position, $4 the new one, $5 base, $6 the last number assigned. Returns how many numbers were used.
    public string NumberSql =>
        $"""
            with reidentified as materialized (
              select distinct e.stream_id as person from {live}.mt_events e
              where e.seq_id > $3 and e.seq_id <= $4 and e.type = 'person_identifiers_changed'),
            examined as (
              select key_id, person from ({Changed(live, "$1")}) l
              union select key_id, person from ({Changed(next, "$2")}) n
              union select k.key_id, t.person from reidentified t cross join {live}.audience_keys k),
            evaluated as (
              select n.key_id, n.person, n.changed_pos as mine,
                case when l.state = n.state and l.restrictions = n.restrictions and l.restricted_at is not distinct from n.restricted_at
                  and not exists (select from reidentified t where t.person = n.person) then l.changed_pos end as known
              from examined x join {next}.membership n on n.key_id = x.key_id and n.person = x.person
              left join {live}.membership l on l.key_id = x.key_id and l.person = x.person),
            numbered as (
              select j.key_id, j.person, j.known, $6 + row_number() over (order by j.known is not null, j.mine) as fresh from evaluated j
              where case when j.known is null then j.mine <= $5 else j.known <> j.mine end),
            written as (
              update {next}.membership m set changed_pos = coalesce(d.known, d.fresh) from numbered d
              where m.key_id = d.key_id and m.person = d.person
              returning d.known is null as taken)
            select count(*) filter (where taken) from written
            """;

    /// <summary>How many members have a number of this generation's own, so that the lanes will process them. $1 base.</summary>
    public string LookedSql => $"select count(*) from ({Changed(next, "$1")}) l";

    /// <summary>
    /// An experiment may have started or ended since the generation was folded: the projector goes through its members once more.
    /// </summary>
    public string AssignSql =>
        $"""
            insert into {live}.holdout_sweeps (key_id)
            select distinct k.key_id from {live}.audience_keys k join {live}.experiments e on e.audience = k.audience where e.phase > 1
            on conflict (key_id) do update set place = default
            """;

    /// <summary>Sets cursors and counters. $1 the new position, $2 the last number, $3 applied, $4 superseded.</summary>
    public string ProgressSql =>
        $"""
            with p as (select last_seq_id from {live}.mt_event_progression where name = '{MembershipStore.Projection}'),
            c as (select changed_pos, applied, superseded from {live}.projection_counts where name = '{MembershipStore.Projection}'),
            a as (update {next}.mt_event_progression n set last_seq_id = p.last_seq_id from p
              where n.name = '{MembershipStore.Projection}'),
            b as (update {next}.projection_counts n set changed_pos = c.changed_pos, applied = c.applied, superseded = c.superseded from c
              where n.name = '{MembershipStore.Projection}'),
            d as (update {live}.mt_event_progression set last_seq_id = $1, last_updated = now() where name = '{MembershipStore.Projection}')
            update {live}.projection_counts set changed_pos = $2, applied = $3, superseded = $4 where name = '{MembershipStore.Projection}'
            """;

    /// <summary>Copies the rows of one key into the former generation before they are changed in place.</summary>
    public string KeepSql => $"insert into {former}.membership select m.* from {live}.membership m where m.key_id = {keyId}";

    public string ReplaceSql =>
        $"""
            insert into {live}.membership ({MembershipCopy.Columns}) select {MembershipCopy.Columns} from {next}.membership
            on conflict (key_id, person) do update set added_at = excluded.added_at, removed_at = excluded.removed_at,
              state = excluded.state,
              since_at = excluded.since_at, until_at = excluded.until_at, event_pos = excluded.event_pos,
                changed_pos = excluded.changed_pos,
              restrictions = excluded.restrictions, restricted_at = excluded.restricted_at
            where (membership.added_at, membership.removed_at, membership.state, membership.since_at, membership.until_at,
              membership.event_pos,
                membership.changed_pos, membership.restrictions, membership.restricted_at)
              is distinct from (excluded.added_at, excluded.removed_at, excluded.state, excluded.since_at, excluded.until_at,
                excluded.event_pos,
                excluded.changed_pos, excluded.restrictions, excluded.restricted_at)
            """;

    // Ranges of membership_changed, as the lanes read them.
    private string Changed(string schema, string after) =>
        $"""
            select r.* from {live}.audience_keys k cross join generate_series(1, 7) s(state)
            cross join lateral (select m.* from {schema}.membership m where m.key_id = k.key_id and m.state = s.state
              and m.changed_pos > {after}) r
            where true{_only}
            """;
}
