using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Messages;
using AudienceSync.Host.Privacy;
using Npgsql;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// Accepts requests to erase a person. In one transaction under the log's lock targeting of the person is restricted (an event of every
/// anchor), the person's identifiers are refused from then on (a tombstone each), and the request is written, with the message that has it
/// carried out: whatever fails, either all of it holds or nothing.
/// <para>
/// <b>A repeated request</b>, by any identifier of the person, returns the same erasure: while it waits the person is still known,
/// afterwards a tombstone leads to it. Identifiers that were not named before are added to it.
/// </para>
/// <para>
/// <b>Whom an address belongs to</b> decides what is refused. One that another living person has by the better claim (docs/decisions/0009)
/// stays that person's and is not refused; one that the erased person had is refused, whichever other person also claimed it
/// (docs/decisions/0010).
/// </para>
/// </summary>
public sealed class ErasureRequestStore(
    WorkspaceDatabase database,
    PersonQueries people,
    Vault vault,
    AliasDigester digester,
    TombstoneDigester tombstones,
    IMessages messages,
    TimeProvider clock
)
{
    /// <summary>The time within which an erasure must be done, counted from its request.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromDays(30);

    private readonly AppendLock _lock = new(database, new StalledHolders(database), clock);

    /// <summary>Null when the identifiers lead to several people: what cannot be undone must not happen to anyone by mistake.</summary>
    /// <param name="named">The identifiers to refuse; at least one.</param>
    /// <param name="askedBy">Who requests it.</param>
    /// <param name="cancellationToken">Ends the wait for the log's lock.</param>
    public async Task<ErasureRow?> AskAsync(Naming named, string askedBy, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        var found = await PersonGroupQueries.ReadAsync(connection, vault, named, cancellationToken);
        var called = found.IsKnown ? await people.ReadAliasesAsync(found.Ids, cancellationToken) : [];
        named = named with { OtherForms = [.. named.OtherForms.Concat(OtherForms(found)).Distinct()] };
        Guid? asked = null;
        await _lock.RunAsync(
            async (unit, token) => (asked = await AskAsync(unit, named, called, askedBy, token)) is not null,
            cancellationToken
        );
        return asked is { } erasure ? await new ErasureStore(database).FindAsync(erasure, cancellationToken) : null;
    }

    // Under the append lock.
    private async Task<Guid?> AskAsync(
        UnitOfWork unit,
        Naming named,
        List<AliasDigest> called,
        string askedBy,
        CancellationToken cancellationToken
    )
    {
        var connection = unit.Connection;
        var group = await PersonGroupQueries.ReadAsync(connection, vault, named, cancellationToken);
        if (group.Roots.Count > 1)
        {
            return null;
        }

        var candidates = named
            .Aliases.Concat(named.OtherForms)
            .Select(alias => alias.Digest)
            .Concat(group.Called)
            .Concat(called)
            .Distinct()
            .ToList();
        var tombstoned = await NotOfOthersAsync(connection, candidates, group, cancellationToken);
        var known = group.IsKnown
            ? await WaitingAsync(connection, group, cancellationToken)
            : await FindByTombstoneAsync(connection, named.Aliases, cancellationToken);
        var erasure = known ?? Guid.CreateVersion7(clock.GetUtcNow());
        await WriteTombstonesAsync(connection, erasure, tombstoned, cancellationToken);
        if (known is null)
        {
            Open(unit, erasure, group, askedBy);
            await messages.EnlistAsync(unit.Session, new AdvanceErasure(database.Workspace.Value, erasure));
        }
        else
        {
            await ExecuteAsync(connection, ErasureSql.Recount, [Sql.Of(erasure)], cancellationToken);
        }

        return erasure;
    }

    // What an older reader made of an address is not what the person's next webhook is refused by.
    private IEnumerable<Alias> OtherForms(PersonGroup group)
    {
        foreach (var claim in group.IdentifierClaims)
        {
            var today = claim.Parser < IdentifierReader.ParserVersion ? OlderForms.Reread(claim, digester) : null;
            if (today is not null)
            {
                yield return today.Address;
            }

            var phones = claim is { Address.Kind: IdentifierKind.Phone, Hashed: HashedFields.None }
                ? new[] { claim.Canonical, today?.Canonical }.OfType<string>()
                : [];
            foreach (var form in phones.SelectMany(phone => NamedPerson.OtherForms(phone, digester)))
            {
                yield return form;
            }
        }
    }

    private static async Task<List<AliasDigest>> NotOfOthersAsync(
        NpgsqlConnection connection,
        List<AliasDigest> candidates,
        PersonGroup group,
        CancellationToken cancellationToken
    )
    {
        var ids = group.Ids.ToHashSet();
        var ofOthers = new HashSet<AliasDigest>();
        await using var command = Sql.Command(connection, AppendSql.KnownAliases, Sql.Of(candidates.ConvertAll(digest => digest.Value)));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var holder = reader.IsDBNull(3) ? reader.GetGuid(2) : reader.GetGuid(3);
            if (!ids.Contains(holder))
            {
                ofOthers.Add(new AliasDigest(reader.GetGuid(0)));
            }
        }

        return candidates.FindAll(digest => !ofOthers.Contains(digest));
    }

    private static async Task<Guid?> WaitingAsync(NpgsqlConnection connection, PersonGroup group, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(connection, ErasureSql.WaitingForPerson, Sql.Of(group.Ids));
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }

    // Of several, the one that the strongest identifier leads to.
    private async Task<Guid?> FindByTombstoneAsync(
        NpgsqlConnection connection,
        IReadOnlyList<Alias> named,
        CancellationToken cancellationToken
    )
    {
        var digests = named.Select(alias => tombstones.Digest(alias.Digest)).ToList();
        var hits = new Dictionary<Guid, Guid>();
        await using var command = Sql.Command(connection, AppendSql.Tombstones, Sql.Of(digests));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            hits[reader.GetGuid(0)] = reader.GetGuid(1);
        }

        return digests.Where(hits.ContainsKey).Select(digest => (Guid?)hits[digest]).FirstOrDefault();
    }

    private Task WriteTombstonesAsync(
        NpgsqlConnection connection,
        Guid erasure,
        List<AliasDigest> aliases,
        CancellationToken cancellationToken
    ) =>
        ExecuteAsync(
            connection,
            ErasureSql.WriteTombstones,
            [Sql.Of(aliases.ConvertAll(tombstones.Digest)), Sql.Of(erasure)],
            cancellationToken
        );

    // After the append, because the request records the position of its last event.
    private void Open(UnitOfWork unit, Guid erasure, PersonGroup group, string askedBy)
    {
        var now = clock.GetUtcNow();
        var events = group.IsKnown
            ? PersonEventSql.Append(unit, database, group.Ids, $"erasure_requested/{erasure}", new PersonErasureRequested(now, erasure))
            : [];
        unit.AfterAppending(
            Sql.Command(
                ErasureSql.Ask,
                Sql.Of(erasure),
                Sql.Of((short)(group.IsKnown ? ErasureState.Waiting : ErasureState.Unknown)),
                Sql.Of(askedBy),
                Sql.Of(now),
                Sql.Of(now + Deadline),
                Sql.Of(group.Ids.ToList()),
                Sql.Of(events),
                Sql.OfNullable(group.IsKnown ? null : now)
            )
        );
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection,
        string sql,
        NpgsqlParameter[] parameters,
        CancellationToken cancellationToken
    )
    {
        await using var command = Sql.Command(connection, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
