using System.Runtime.CompilerServices;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Privacy;
using Npgsql;

namespace AudienceSync.Host.People.Erasure;

/// <summary>A quarantined entry that names a person.</summary>
public sealed record NamingEntry(Guid Id, string Reason, DateTimeOffset FirstSeenAt);

/// <summary>
/// Finds the quarantined bodies that name a person by the index of what they mention, whatever else is in quarantine. It opens and reads
/// only those that have the end of one of the person's phone numbers, and those that are not indexed: see <see cref="BodyMentions"/>.
/// Entries are deleted some at a time, in one transaction with the count in the receipt, so a second pass continues one that was
/// interrupted.
/// </summary>
public sealed class QuarantinedBodyStore(WorkspaceDatabase database, BodySeal seal)
{
    private const int OpenedAtOnce = 50;

    private const int DeletedAtOnce = 500;

    private const string MentioningSql = """
        select id, reason, first_seen_at, mentions && $2::uuid[] from quarantine where mentions && $1::uuid[] order by id
        """;

    private const string BodiesSql = """
        select q.id, q.reason, q.first_seen_at, q.key_version, q.cipher from unnest($1::uuid[]) as d(id)
        cross join lateral (select r.* from quarantine r where r.id = d.id limit 1) q
        """;

    private const string UnindexedSql = """
        select id, reason, first_seen_at, key_version, cipher from quarantine
        where mention_state <> 1 and id > $1 order by id limit $2
        """;

    private const string DeleteSql = """
        with gone as (delete from quarantine where id = any($1) returning 1)
        update erasures set quarantined = quarantined + (select count(*) from gone) where erasure = $2
        """;

    /// <summary>How many bodies were opened since the start: the number that the index is meant to keep small.</summary>
    internal long Opened { get; private set; }

    /// <summary>Deletes those that name the person.</summary>
    public async Task DeleteAsync(Guid erasure, BodySearch search, CancellationToken cancellationToken)
    {
        var page = new List<Guid>(DeletedAtOnce);
        await foreach (var entry in NamingAsync(search, cancellationToken))
        {
            page.Add(entry.Id);
            if (page.Count == DeletedAtOnce)
            {
                await DeleteAsync(erasure, page, cancellationToken);
                page.Clear();
            }
        }

        if (page.Count > 0)
        {
            await DeleteAsync(erasure, page, cancellationToken);
        }
    }

    /// <summary>Those that name the person. An entry that must be opened to determine this, and does not open, is skipped.</summary>
    public async IAsyncEnumerable<NamingEntry> NamingAsync(BodySearch search, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var similar = new List<Guid>();
        foreach (var (entry, isExact) in await MentioningAsync(search, cancellationToken))
        {
            if (isExact)
            {
                yield return entry;
            }
            else
            {
                similar.Add(entry.Id);
            }
        }

        foreach (var ids in similar.Chunk(OpenedAtOnce))
        {
            var page = await ReadAsync(Sql.Command(database.Hot, BodiesSql, Sql.Of(ids)), cancellationToken);
            foreach (var one in page.Where(one => Names(one, search)))
            {
                yield return one.Entry;
            }
        }

        for (
            var page = await UnindexedAsync(Guid.Empty, cancellationToken);
            page.Count > 0;
            page = await UnindexedAsync(page[^1].Entry.Id, cancellationToken)
        )
        {
            foreach (var one in page.Where(one => Names(one, search)))
            {
                yield return one.Entry;
            }
        }
    }

    private bool Names(SealedEntry one, BodySearch search)
    {
        Opened++;
        return seal.TryOpen(one.Entry.FirstSeenAt, one.KeyVersion, one.Cipher) is { } body && search.Names(body);
    }

    private async Task DeleteAsync(Guid erasure, List<Guid> ids, CancellationToken cancellationToken)
    {
        await using var delete = Sql.Command(database.Hot, DeleteSql, Sql.Of(ids), Sql.Of(erasure));
        await delete.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<(NamingEntry Entry, bool IsExact)>> MentioningAsync(BodySearch search, CancellationToken cancellationToken)
    {
        var entries = new List<(NamingEntry, bool)>();
        await using var command = Sql.Command(
            database.Query,
            MentioningSql,
            Sql.Of(search.Exact.Concat(search.Similar).ToArray()),
            Sql.Of(search.Exact)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(
                (new NamingEntry(reader.GetGuid(0), reader.GetString(1), new DateTimeOffset(reader.GetDateTime(2))), reader.GetBoolean(3))
            );
        }

        return entries;
    }

    private Task<List<SealedEntry>> UnindexedAsync(Guid after, CancellationToken cancellationToken) =>
        ReadAsync(Sql.Command(database.Hot, UnindexedSql, Sql.Of(after), Sql.Of(OpenedAtOnce)), cancellationToken);

    private static async Task<List<SealedEntry>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var page = new List<SealedEntry>(OpenedAtOnce);
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var entry = new NamingEntry(reader.GetGuid(0), reader.GetString(1), new DateTimeOffset(reader.GetDateTime(2)));
                page.Add(new SealedEntry(entry, reader.GetInt16(3), reader.GetFieldValue<byte[]>(4)));
            }
        }

        return page;
    }

    private sealed record SealedEntry(NamingEntry Entry, short KeyVersion, byte[] Cipher);
}
