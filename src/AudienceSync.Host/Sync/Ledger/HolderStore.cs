using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Jobs;
using Npgsql;

namespace AudienceSync.Host.Sync.Ledger;

/// <summary>A digest of what a platform receives for a person and may also hold for another one.</summary>
/// <param name="Person">The person.</param>
/// <param name="Revision">The identifier revision of the person.</param>
/// <param name="Part">Which part of the identifiers it is.</param>
/// <param name="Cell">The keyed digest.</param>
public readonly record struct DeliveredCell(PersonId Person, int Revision, IdentifierParts Part, AliasDigest Cell);

/// <summary>
/// Finds the other members of a remote audience that hold what is removed from it. A holder is a member whose ledger row is adding or
/// delivered under a revision that has it: their row records it, and their own removal takes it away.
/// </summary>
public sealed class HolderStore(WorkspaceDatabase database)
{
    // The limit of holders of one cell that are delivered again. A value that more people share identifies no one.
    private const string MostHolders = "20";

    // The parts 4, name and place, and 8, device id, are 16 and 8 of the match keys.
    private const string HeldSql = """
        select d.place from unnest($2::int[], $3::uuid[], $4::uuid[]) as d(place, cell, person)
        cross join lateral (
          select l.person from delivered_cells h
          cross join lateral (
            select r.person from ledger r where r.binding_id = $1 and r.person = h.person and r.revision = h.revision and r.status in (1, 2)
              and r.omitted & case h.part when 4 then 16 else h.part end = 0 limit 1) l
          where h.cell = d.cell and h.person <> d.person limit 1) x
        """;

    private const string WriteCellsSql = """
        insert into delivered_cells (cell, person, revision, part)
        select d.cell, d.person, d.revision, d.part
          from unnest($1::uuid[], $2::uuid[], $3::int[], $4::smallint[]) as d(cell, person, revision, part)
        on conflict (cell, person, revision) do nothing
        """;

    // No holder is left out; the limit makes the query planner expect few rows and use the index for each, also while the ledger has a
    // handful of rows.
    private const string FewHolders = "(select * from holders limit (select 10000000))";

    /// <summary>
    /// Holders at <c>l.binding_id</c> of what <c>d.person</c> has under <c>d.revision</c>. An address leads to its owner in three steps at
    /// most.
    /// </summary>
    internal const string Holders = $"""
        cross join lateral (
          select l.binding_id, l.person, l.revision, l.normalizer, x.part
            from (select r.email, r.phone from vault r where r.person = d.person and r.revision = d.revision limit 1) v
          cross join lateral (values (1, v.email), (2, v.phone)) as x(part, digest)
          cross join lateral (select r.* from person_aliases r where r.digest = x.digest limit 1) a
          left join people p1 on p1.person = coalesce(a.owner, a.anchor)
          left join people p2 on p2.person = p1.owner
          join ledger l on l.binding_id = d.binding_id and l.person = coalesce(p2.owner, p1.owner, p1.person) and l.status in (1, 2)
          cross join lateral (
            select r.person from vault r where r.person = l.person and r.revision = l.revision
              and (r.email = a.digest or r.phone = a.digest) limit 1) lv
          where l.person <> d.person
          union all
          select l.binding_id, l.person, l.revision, l.normalizer, o.part
            from (select r.cell, r.part from delivered_cells r where r.person = d.person and r.revision = d.revision limit 8) o
          cross join lateral (
            select r.* from delivered_cells c join ledger r on r.binding_id = d.binding_id and r.person = c.person
              and r.revision = c.revision and r.status in (1, 2)
            where c.cell = o.cell and c.person <> d.person limit {MostHolders}) l) h
        """;

    private const string RedeliverSql = $"""
        with holders as materialized (
          select distinct h.binding_id, h.person
          from (select $1::int as binding_id, s.person, s.revision from unnest($2::uuid[], $3::int[]) as s(person, revision)) d
          {Holders})
        update ledger u set status = 1, redeliver = true, job_tries = 0, reason = null from {FewHolders} h
        where u.binding_id = h.binding_id and u.person = h.person and u.status in (1, 2)
        """;

    private const string RedeliverOfJobSql = $"""
        with holders as materialized (
          select distinct h.binding_id, h.person from (select r.binding_id, r.person, r.revision from ledger r where r.job_id = $1) d
          {Holders})
        update ledger u set status = 1, redeliver = true, job_tries = 0, reason = null from {FewHolders} h
        where u.binding_id = h.binding_id and u.person = h.person and u.status in (1, 2)
        """;

    /// <summary>Which of these another member of the remote audience also holds; by their index.</summary>
    public async Task<List<int>> FindHeldAsync(Binding binding, IReadOnlyList<DeliveredCell> cells, CancellationToken cancellationToken)
    {
        var held = new List<int>();
        await using var command = Sql.Command(
            database.Hot,
            HeldSql,
            Sql.Of(binding.BindingId),
            Sql.Of(Enumerable.Range(0, cells.Count).ToList()),
            Sql.Of(cells.Select(cell => cell.Cell.Value).ToList()),
            Sql.Of(cells.Select(cell => cell.Person.Value).ToList())
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            held.Add(reader.GetInt32(0));
        }

        return held;
    }

    /// <summary>Records what is about to be delivered. Must be durable before the call is sent.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host; the call must not be made.</exception>
    public Task WriteCellsAsync(Lease lease, IReadOnlyList<DeliveredCell> cells, CancellationToken cancellationToken) =>
        WriteAsync(
            lease,
            Sql.Command(
                WriteCellsSql,
                Sql.Of(cells.Select(cell => cell.Cell.Value).ToList()),
                Sql.Of(cells.Select(cell => cell.Person.Value).ToList()),
                Sql.Of(cells.Select(cell => cell.Revision).ToList()),
                Sql.Of(cells.Select(cell => (short)cell.Part).ToList())
            ),
            cancellationToken
        );

    /// <summary>Redelivers the members that hold what is about to be removed of these. Must be durable before the call is sent.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host; the call must not be made.</exception>
    public Task RedeliverAsync(
        Lease lease,
        Binding binding,
        IReadOnlyList<(PersonId Person, int Revision)> removed,
        CancellationToken cancellationToken
    ) => WriteAsync(lease, Redeliver(binding, removed), cancellationToken);

    /// <summary>As above; to be run in a transaction that holds the account's lease.</summary>
    internal static NpgsqlBatchCommand Redeliver(Binding binding, IReadOnlyList<(PersonId Person, int Revision)> removed) =>
        Sql.Command(
            RedeliverSql,
            Sql.Of(binding.BindingId),
            Sql.Of(removed.Select(one => one.Person.Value).ToList()),
            Sql.Of(removed.Select(one => one.Revision).ToList())
        );

    /// <summary>As above, for the members of a job that removed them. To be run before the job releases its members.</summary>
    internal static NpgsqlBatchCommand RedeliverOfJob(OpenJob job) => Sql.Command(RedeliverOfJobSql, Sql.Of(job.JobId));

    private async Task WriteAsync(Lease lease, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(connection, lease, [command], cancellationToken);
    }
}
