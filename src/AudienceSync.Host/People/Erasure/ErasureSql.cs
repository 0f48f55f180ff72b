using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Ledger;

namespace AudienceSync.Host.People.Erasure;

/// <summary>The statements that request an erasure and carry it out; those that change people run under the log's lock.</summary>
internal static class ErasureSql
{
    /// <summary>
    /// What the ledger has for a person at each remote audience, with the call that led to it. A binding has one call at a time and its
    /// outcome is written with the call, so the last call of its kind that was sent before the ledger changed is the one that changed it. A
    /// row that was settled without a call has the reason. What the list still holds of the person belongs to another member by now, and
    /// stays for that member.
    /// </summary>
    public const string Recipients = $"""
        bindings b join accounts a on a.destination = b.destination
        cross join lateral unnest($1::uuid[]) as d(person)
        join ledger l on l.binding_id = b.binding_id and l.person = d.person
        left join lateral (
          select c.call_id, c.request_id, c.sent_at from calls c
          where c.binding_id = b.binding_id and c.sent_at <= l.updated_at
            and ((l.status = 0 and l.reason is null and c.operation = 2) or (l.status = 2 and c.operation = 1))
          order by c.call_id desc limit 1) c on true
        left join lateral (
          select array_agg(distinct case h.part when 1 then 'email' when 2 then 'phone' when 4 then 'details' else 'device_id' end) as parts
          from (select l.binding_id, v.person, v.revision from vault v where v.person = l.person and v.revision <= l.revision
            and l.status = 0) d
          {HolderStore.Holders}) k on true
        """;

    public const string RemovalColumns = """
        b.destination, a.platform, b.audience, b.remote,
        case when l.status = 0 and l.job_id is not null then 'removing'
          when l.status = 0 then coalesce(case when k.parts is null and l.reason = 'kept_for_another' then 'removed' else l.reason end,
          'removed')
          when l.status = 1 then 'adding' when l.status = 2 then 'delivered' when l.status = 3 then 'removing'
            else coalesce(l.reason, 'never_sent') end,
        c.call_id, c.request_id, c.sent_at, case when l.status in (0, 4, 5) and l.job_id is null then l.updated_at end,
        coalesce(k.parts, '{}')
        """;

    /// <summary>
    /// By index, as <see cref="OnceReached"/>: a lateral for each person, so the plan is the same whatever the tables hold.
    /// </summary>
    public const string AliasesOf = """
        select distinct a.digest from unnest($1::uuid[]) as d(person)
        cross join lateral (
          (select r.digest from person_aliases r where r.anchor = d.person offset 0) union all
          (select r.digest from person_aliases r where r.owner = d.person offset 0)) a
        """;

    /// <summary>
    /// People who were ever reached by some addresses, other than some anchors. It may run before the lock is taken; while the addresses
    /// belong to the person to be erased, no one else can become reachable by them.
    /// </summary>
    public const string OnceReached = """
        select distinct v.person from unnest($1::uuid[]) as d(digest)
        cross join lateral (
          (select r.person from vault r where r.email = d.digest offset 0) union all
          (select r.person from vault r where r.phone = d.digest offset 0)) v
        where v.person <> all($2::uuid[])
        """;

    /// <summary>
    /// Whether no platform may still have an address that was delivered for one of these people when it belonged to that person.
    /// </summary>
    public const string FullyRemoved = $"""
        select not exists (
          select from bindings b
          join ledger l on l.binding_id = b.binding_id and l.person = any($1::uuid[])
            and (l.status {TargetingSql.MayBeThere} or l.job_id is not null)
          join vault v on v.person = l.person and v.revision = l.revision
          where v.email = any($2::uuid[]) or v.phone = any($2::uuid[]))
          and not exists (
            select from residual_deliveries r join vault v on v.person = r.person and v.revision = r.revision
            where r.person = any($1::uuid[]) and r.kind in (1, 2) and (v.email = any($2::uuid[]) or v.phone = any($2::uuid[])))
        """;

    /// <summary>
    /// Addresses that once reached these people, and that belonged to the erased person at the end, lead nowhere any more.
    /// </summary>
    public const string DropUnreachable = """
        update vault set email = case when email = any($2::uuid[]) then null else email end,
          phone = case when phone = any($2::uuid[]) then null else phone end
        where person = any($1::uuid[]) and (email = any($2::uuid[]) or phone = any($2::uuid[]))
        """;

    public const string WaitingForPerson =
        "select erasure from erasures where state = 1 and anchors && $1::uuid[] order by asked_at limit 1";

    public const string WriteTombstones =
        "insert into tombstones (digest, erasure) select d.digest, $2 from unnest($1::uuid[]) as d(digest) on conflict (digest) do nothing";

    public const string Ask = """
        insert into erasures (erasure, state, asked_by, asked_at, deadline, anchors, position, tombstones, ended_at)
        values ($1, $2, $3, $4, $5, $6, coalesce((select max(e.seq_id) from mt_events e where e.id = any($7::uuid[])), 0),
          (select count(*) from tombstones where erasure = $1), $8)
        """;

    public const string Recount =
        "update erasures set tombstones = (select count(*) from tombstones where erasure = $1) where erasure = $1";

    public const string Hold = $"select {ErasureStore.Columns} from erasures e where e.erasure = $1 and e.state = 1 for update";

    /// <summary>
    /// From here to the commit no Host can write a new intent to the ledger. An intent from before is seen below; a Host that writes one
    /// afterwards finds no identifiers to send. A frozen Host may hold the ledger, and a wait for it holds the append lock: so the wait is
    /// short (<see cref="LockWithTimeout"/>).
    /// </summary>
    public const string LockLedger = "lock table ledger in share row exclusive mode";

    public const string LockWithTimeout = "select set_config('lock_timeout', '300ms', true)";

    public const string Anchors = """
        with recursive down(person) as (
          select d.person from unnest($1::uuid[]) as d(person) union select p.person from down join people p on p.owner = down.person)
        select p.person from down join people p on p.person = down.person
        """;

    /// <summary>
    /// Whether nothing blocks the end: the request is projected, the person is present nowhere, and no platform may have the person. A
    /// platform that answered with a job may, until the job has ended: accepted is not confirmed.
    /// </summary>
    public const string Ready = $"""
        select (select last_seq_id from mt_event_progression where name = 'membership:All') >= $2
          and not exists (select from audience_keys k join membership m on m.key_id = k.key_id and m.person = any($1::uuid[])
            and {TargetingSql.Anywhere})
          and not exists (select from bindings b join ledger l on l.binding_id = b.binding_id and l.person = any($1::uuid[])
            and (l.status {TargetingSql.MayBeThere} or l.job_id is not null))
          and not exists (select from residual_deliveries r where r.person = any($1::uuid[]) and r.kind in (1, 2))
        """;

    public const string WriteRemovals = $"""
        insert into erasure_removals
          (destination, platform, audience, remote, outcome, call_id, request_id, called_at, removed_at,
            kept_for_another, erasure, binding_id, person)
        select {RemovalColumns}, $2, b.binding_id, l.person from {Recipients}
        """;

    /// <summary>
    /// A removal of the person whose answer was lost may still be carried out, and remove what belongs to another member by now. Afterwards
    /// it could no longer be determined what it was, so it is kept with that member.
    /// </summary>
    public const string TransferLateRemovals = $"""
        insert into residual_deliveries (binding_id, person, revision, normalizer, kind, try_at)
        select h.binding_id, h.person, h.revision, h.normalizer, 3, max(d.try_at) from residual_deliveries d
        {HolderStore.Holders}
        where d.person = any($1::uuid[]) and d.kind = 3 group by 1, 2, 3, 4
        on conflict (binding_id, person, revision, normalizer, kind) do update set try_at = greatest(residual_deliveries.try_at,
          excluded.try_at)
        """;

    public const string DeleteCells = "delete from delivered_cells where person = any($1::uuid[])";

    public const string DeleteVault = "delete from vault where person = any($1::uuid[])";

    /// <summary>The document may be made again by a projection that is behind, which then deletes it: see EngagementProjection.</summary>
    public const string DeleteEngagement = "delete from mt_doc_person_engagement where id = any($1::uuid[])";

    public const string DeleteLinkStops = "delete from link_stops where person = any($1::uuid[])";

    public const string DeletePeople = "delete from people where person = any($1::uuid[])";

    /// <summary>
    /// After the rows of people: a writer of a link waits for them, and finds them gone, or has written it before this.
    /// </summary>
    public const string DeleteExposureLinks = """
        update exposure_people set erased = true, customer = null, links_due = false where person = any($1::uuid[])
        """;

    public const string DeleteAliases = """
        delete from person_aliases a using unnest($1::uuid[]) as d(digest)
        where a.digest = d.digest and (a.anchor = any($2::uuid[]) or a.owner = any($2::uuid[]))
        returning a.digest
        """;

    public const string DeleteLedger = """
        delete from ledger l using bindings b where l.binding_id = b.binding_id and l.person = any($1::uuid[])
        """;

    public const string End = "update erasures set state = 2, ended_at = $2, anchors = $3 where erasure = $1";
}
