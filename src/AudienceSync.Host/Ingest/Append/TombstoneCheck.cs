using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;
using Npgsql;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// Finds, under the log's lock, the items of a batch that name an erased person.
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
internal sealed class TombstoneCheck(TombstoneDigester digester)
{
    private readonly Dictionary<Guid, AliasDigest> _digests = [];
    private readonly Dictionary<AliasDigest, Guid> _hits = [];
    private readonly Dictionary<Guid, int> _refused = [];
    private bool _any;

    /// <summary>Identifiers of the batch that were erased.</summary>
    public IReadOnlyDictionary<AliasDigest, Guid> Hits => _hits;

    /// <summary>The number of items of the batch that name an erased person, by erasure.</summary>
    public IReadOnlyDictionary<Guid, int> Refused => _refused;

    /// <summary>
    /// Whether any tombstone is known to exist. While none is, nothing is looked up, and the append checks whether that still holds.
    /// </summary>
    public bool Any => _any;

    /// <summary>The digests to look up.</summary>
    public List<Guid> LookedUp => [.. _digests.Keys];

    /// <summary>Whether there is anything to look up.</summary>
    public bool HasLookups => _digests.Count > 0;

    public void Clear()
    {
        _digests.Clear();
        _hits.Clear();
        _refused.Clear();
    }

    /// <summary>Collects the digests to look up, given the people loaded from the cache.</summary>
    public void Collect(IReadOnlyList<PendingRequest> batch, IdentityResolver resolver)
    {
        _digests.Clear();
        if (!_any)
        {
            return;
        }

        foreach (var mention in batch.SelectMany(request => request.Mentions))
        {
            var known = resolver.AnchorOf(mention.Aliases[0].Digest);
            foreach (var alias in mention.Aliases.Where(alias => known is null || !IsCached(known, alias)))
            {
                _digests[digester.Digest(alias.Digest)] = alias.Digest;
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

    public async Task ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            _hits[_digests[reader.GetGuid(0)]] = reader.GetGuid(1);
        }
    }

    /// <summary>Marks the items that name an erased person.</summary>
    public void Mark(IReadOnlyList<PendingRequest> batch)
    {
        if (_hits.Count == 0)
        {
            return;
        }

        foreach (var mention in batch.SelectMany(request => request.Mentions))
        {
            foreach (var alias in mention.Aliases)
            {
                if (_hits.TryGetValue(alias.Digest, out var erasure))
                {
                    mention.Erasure = erasure;
                    _refused[erasure] = _refused.GetValueOrDefault(erasure) + 1;
                    break;
                }
            }
        }
    }

    private static bool IsCached(KnownPerson known, Alias alias) =>
        alias == known.Anchor || alias.Digest == known.Reach.Email || alias.Digest == known.Reach.Phone;
}
