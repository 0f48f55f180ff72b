using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Sync.Ledger;

/// <summary>The rows of the ledger: written only in transactions that hold the account's lease.</summary>
internal static class LedgerStore
{
    // No other writer touches rows of a binding while its account's lease holds, so a member without a row is inserted plainly and one with
    // a row is updated: ON CONFLICT would look for the one and lock the other first, which is half as much again. If a row exists after
    // all, the unique index refuses the transaction, and the next read finds it.
    private const string NewLedgerSql = $"""
        insert into ledger (binding_id, person, status, revision, normalizer, reason, updated_at, job_id, job_row, omitted)
        select $1, d.person, d.status, d.revision, d.normalizer, d.reason, $7, {JobColumns}, d.omitted from {LedgerRows}
        """;

    // Delivered to delivered, without a call to the platform: the platform's clock runs from the last add, and so does ours (RefreshRule).
    private const string LedgerSql = $"""
        update ledger l set status = d.status, revision = d.revision, normalizer = d.normalizer, omitted = d.omitted, reason = d.reason,
          updated_at = case when l.status = 2 and d.status = 2 then l.updated_at else $7 end,
          (job_id, job_row) = row({JobColumns})
        from {LedgerRows} where l.binding_id = $1 and l.person = d.person
        """;

    // A member that was to be processed and counts as adding again has been marked again in the meantime: a removal may have taken what the
    // member shares with another.
    private const string MarkSql = """
        update ledger l set redeliver = $3 from (select * from unnest($2::uuid[]) limit cardinality($2)) as d(person)
        where l.binding_id = $1 and l.person = d.person and ($3 or l.status <> 1 or l.reason is not null)
        """;

    private const string JobColumns = "case when d.job_row >= 0 then currval('jobs_job_id_seq') end, nullif(d.job_row, -1)";

    private const string LedgerRows = """
        (select * from unnest($2::uuid[], $3::smallint[], $4::int[], $5::smallint[], $6::text[], $8::int[], $9::smallint[])
          limit cardinality($2))
          as d(person, status, revision, normalizer, reason, job_row, omitted)
        """;

    /// <summary>Members without a row.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Insert(Binding binding, IReadOnlyList<LedgerChange> changes, DateTimeOffset now) =>
        changes.Count == 0 ? [] : [Rows(NewLedgerSql, binding, changes, now)];

    /// <summary>Members with a row.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Update(Binding binding, IReadOnlyList<LedgerChange> changes, DateTimeOffset now) =>
        changes.Count == 0 ? [] : [Rows(LedgerSql, binding, changes, now)];

    /// <summary>Members to be processed again apart from the lanes, and those that have been.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Mark(Binding binding, IReadOnlyList<PersonId> people, bool redeliver) =>
        people.Count == 0
            ? []
            : [Sql.Command(MarkSql, Sql.Of(binding.BindingId), Sql.Of(people.Select(person => person.Value).ToList()), Sql.Of(redeliver))];

    private static NpgsqlBatchCommand Rows(string sql, Binding binding, IReadOnlyList<LedgerChange> changes, DateTimeOffset now)
    {
        var people = new List<Guid>(changes.Count);
        var statuses = new List<short>(changes.Count);
        var revisions = new List<int>(changes.Count);
        var normalizers = new List<short>(changes.Count);
        var reasons = new List<string?>(changes.Count);
        var jobRows = new List<int>(changes.Count);
        var omitted = new List<short>(changes.Count);
        foreach (var change in changes)
        {
            people.Add(change.Person.Value);
            statuses.Add((short)change.Entry.Status);
            revisions.Add(change.Entry.Revision);
            normalizers.Add(change.Entry.Normalizer.Value);
            reasons.Add(change.Reason);
            jobRows.Add(change.JobRow ?? -1);
            omitted.Add((short)change.Entry.Omitted);
        }

        return Sql.Command(
            sql,
            Sql.Of(binding.BindingId),
            Sql.Of(people),
            Sql.Of(statuses),
            Sql.Of(revisions),
            Sql.Of(normalizers),
            Sql.Of(reasons),
            Sql.Of(now),
            Sql.Of(jobRows),
            Sql.Of(omitted)
        );
    }
}
