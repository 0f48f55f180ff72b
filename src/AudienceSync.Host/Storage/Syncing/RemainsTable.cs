using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalising;
using AudienceSync.Domain.Syncing;
using Npgsql;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>A former saying that may still be at a platform, beside what the ledger holds of the person.</summary>
/// <param name="Person">Who.</param>
/// <param name="Left">The saying that is left.</param>
/// <param name="Entry">What the ledger holds of him.</param>
public readonly record struct Remains(PersonId Person, LedgerEntry Left, LedgerEntry Entry);

/// <summary>What is left of a person from now on.</summary>
/// <param name="Person">Who.</param>
/// <param name="Left">The saying.</param>
/// <param name="Reason">Why it could not be removed; null when it is gone.</param>
public readonly record struct RemainsChange(PersonId Person, LedgerEntry Left, string? Reason);

/// <summary>Former sayings whose removal was refused. Written only in the transaction of the outcome that says so.</summary>
public sealed class RemainsTable(WorkspaceDatabase database)
{
    private const string DueSql = """
        select r.person, r.revision, r.normaliser, coalesce(l.status, 0::smallint), coalesce(l.revision, 0), coalesce(l.normaliser, 0::smallint)
        from remains r left join ledger l on l.binding_id = r.binding_id and l.person = r.person
        where r.binding_id = $1 and r.try_at <= $2 order by r.try_at, r.person, r.revision, r.normaliser limit $3
        """;

    private const string KeepSql = """
        insert into remains (binding_id, person, revision, normaliser, reason, try_at)
        select $1, d.person, d.revision, d.normaliser, d.reason, $6 from unnest($2::uuid[], $3::int[], $4::smallint[], $5::text[]) as d(person, revision, normaliser, reason)
        on conflict (binding_id, person, revision, normaliser) do update set reason = excluded.reason, try_at = excluded.try_at
        """;

    private const string ForgetSql = """
        delete from remains r using unnest($2::uuid[], $3::int[], $4::smallint[]) as d(person, revision, normaliser)
        where r.binding_id = $1 and r.person = d.person and r.revision = d.revision and r.normaliser = d.normaliser
        """;

    /// <summary>What is to be tried again by now.</summary>
    public async Task<List<Remains>> ReadDueAsync(Binding binding, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var due = new List<Remains>();
        await using var command = Sql.Command(database.Hot, DueSql, Sql.Of(binding.BindingId), Sql.Of(now), Sql.Of(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(new Remains(
                new PersonId(reader.GetGuid(0)),
                new LedgerEntry(LedgerStatus.Removing, reader.GetInt32(1), new NormaliserVersion(reader.GetInt16(2))),
                new LedgerEntry((LedgerStatus)reader.GetInt16(3), reader.GetInt32(4), new NormaliserVersion(reader.GetInt16(5)))));
        }

        return due;
    }

    /// <summary>To be run in a transaction that holds the account's lease.</summary>
    internal static IEnumerable<NpgsqlBatchCommand> Write(Binding binding, IReadOnlyList<RemainsChange> changes, DateTimeOffset now)
    {
        var gone = changes.Where(change => change.Reason is null).ToList();
        if (gone.Count > 0)
        {
            yield return Sql.Command(ForgetSql, Keys(binding, gone));
        }

        var kept = changes.Where(change => change.Reason is not null).ToList();
        if (kept.Count > 0)
        {
            yield return Sql.Command(
                KeepSql, [.. Keys(binding, kept), Sql.Of(kept.Select(change => change.Reason).ToList()), Sql.Of(now + Refusals.RemainsRest)]);
        }
    }

    private static NpgsqlParameter[] Keys(Binding binding, List<RemainsChange> changes) =>
    [
        Sql.Of(binding.BindingId), Sql.Of(changes.ConvertAll(change => change.Person.Value)), Sql.Of(changes.ConvertAll(change => change.Left.Revision)),
        Sql.Of(changes.ConvertAll(change => change.Left.Normaliser.Value)),
    ];
}
