using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;
using Npgsql;

namespace AudienceSync.Host.Storage.Log;

/// <summary>
/// Finds, under the log's lock, the items of a batch that name somebody who was erased.
/// <para>
/// <b>What it costs.</b> While no tombstone exists: one look into an empty index for each commit. Afterwards: one digest, and one look-up in the
/// round trip that is made anyway, for each identifier that is not known from the cache.
/// </para>
/// <para>
/// <b>Why the cache may be trusted.</b> An erasure of somebody known appends events, by which every cache is emptied, and nobody with a tombstone
/// is learned again. So an anchor that is held has none, nor has the address it is reached by; a further address of the same webhook may.
/// </para>
/// </summary>
internal sealed class TombstoneCheck(TombstoneDigester digester)
{
    private readonly Dictionary<Guid, AliasDigest> _asked = [];
    private readonly Dictionary<AliasDigest, Guid> _hits = [];
    private readonly Dictionary<Guid, int> _refused = [];
    private bool _any;

    /// <summary>Identifiers of the batch that were erased.</summary>
    public IReadOnlyDictionary<AliasDigest, Guid> Hits => _hits;

    /// <summary>Items of the batch that name somebody erased, by erasure.</summary>
    public IReadOnlyDictionary<Guid, int> Refused => _refused;

    /// <summary>Whether any tombstone is known to exist. While none is, nothing is asked for, and the append looks whether that still holds.</summary>
    public bool Any => _any;

    /// <summary>What is asked for.</summary>
    public List<Guid> Asked => [.. _asked.Keys];

    /// <summary>Whether there is something to ask for.</summary>
    public bool Asks => _asked.Count > 0;

    public void Clear()
    {
        _asked.Clear();
        _hits.Clear();
        _refused.Clear();
    }

    /// <summary>Notes what must be asked for, given whom the cache made known.</summary>
    public void Ask(IReadOnlyList<PendingRequest> batch, IdentityResolver resolver)
    {
        _asked.Clear();
        if (!_any)
        {
            return;
        }

        foreach (var mention in batch.SelectMany(request => request.Mentions))
        {
            var known = resolver.AnchorOf(mention.Aliases[0].Digest);
            foreach (var alias in mention.Aliases.Where(alias => known is null || !IsHeld(known, alias)))
            {
                _asked[digester.Digest(alias.Digest)] = alias.Digest;
            }
        }
    }

    public NpgsqlBatchCommand Command() => Sql.Command(AppendSql.Tombstones, Sql.Of(_asked.Keys.ToList()));

    /// <summary>Reads whether any tombstone exists. True when this is news, and the batch must be asked for after all.</summary>
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
            _hits[_asked[reader.GetGuid(0)]] = reader.GetGuid(1);
        }
    }

    /// <summary>Marks what names somebody erased.</summary>
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

    private static bool IsHeld(KnownPerson known, Alias alias) =>
        alias == known.Anchor || alias.Digest == known.Reach.Email || alias.Digest == known.Reach.Phone;
}
