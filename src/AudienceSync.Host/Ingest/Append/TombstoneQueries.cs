using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Privacy;
using Npgsql;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// Finds, under the log's lock, the identifiers of a batch that were erased.
/// <para>
/// <b>Cost.</b> While no tombstone exists: one lookup in an empty index for each commit. Afterwards: one digest, and one lookup in the
/// round trip that is made anyway, for each identifier that is not in the cache.
/// </para>
/// <para>
/// <b>Why the cache may be trusted.</b> An erasure of a known person appends events, which empties every cache, and a person with a
/// tombstone is not cached again. So a cached anchor has no tombstone, nor does the address by which it is reached; another address in the
/// same webhook may have one.
/// </para>
/// </summary>
internal sealed class TombstoneQueries(TombstoneDigester digester)
{
    private readonly Dictionary<Guid, AliasDigest> _digests = [];
    private bool _any;

    /// <summary>
    /// Whether any tombstone is known to exist. While none is, nothing is looked up, and the append checks whether that still holds.
    /// </summary>
    public bool Any => _any;

    /// <summary>The digests to look up.</summary>
    public List<Guid> LookedUp => [.. _digests.Keys];

    /// <summary>Whether there is anything to look up.</summary>
    public bool HasLookups => _digests.Count > 0;

    public void Clear() => _digests.Clear();

    /// <summary>Collects the digests to look up, given the people loaded from the cache.</summary>
    public void Collect(IReadOnlyList<PendingRequest> batch, IdentityResolver resolver)
    {
        _digests.Clear();
        if (!_any)
        {
            return;
        }

        for (var i = 0; i < batch.Count; i++)
        {
            foreach (var pending in batch[i].Events)
            {
                Collect(pending.Aliases, resolver);
            }

            foreach (var entry in batch[i].Quarantined)
            {
                Collect(entry.Named, resolver);
            }
        }
    }

    public NpgsqlBatchCommand Command() => Sql.Command(AppendSql.Tombstones, Sql.Of(_digests.Keys.ToList()));

    /// <summary>
    /// Reads whether any tombstone exists. True when this was not known before, and the batch must be looked up after all.
    /// </summary>
    public async Task<bool> ReadAnyAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken);
        var before = _any;
        _any |= reader.GetBoolean(0);
        return _any != before;
    }

    /// <summary>Reads the identifiers that were erased.</summary>
    public async Task ReadAsync(NpgsqlDataReader reader, Dictionary<AliasDigest, Guid> erased, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            erased[_digests[reader.GetGuid(0)]] = reader.GetGuid(1);
        }
    }

    private void Collect(Alias[] aliases, IdentityResolver resolver)
    {
        var known = aliases.Length == 0 ? null : resolver.AnchorOf(aliases[0].Digest);
        foreach (var alias in aliases)
        {
            if (known is null || !IsCached(known, alias))
            {
                _digests[digester.Digest(alias.Digest)] = alias.Digest;
            }
        }
    }

    private static bool IsCached(KnownPerson known, Alias alias) =>
        alias == known.Anchor || alias.Digest == known.Reach.Email || alias.Digest == known.Reach.Phone;
}
