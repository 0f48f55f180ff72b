using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Experiments;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Audiences;

/// <summary>Reads the published keys. They are written with their events by <see cref="RegistryStore"/>.</summary>
public sealed class AudienceKeyStore(WorkspaceDatabase database)
{
    private const string SelectSql = """
        select k.key_id, k.audience_key, k.window_s, k.match_keys, k.consent_policy, k.retired_at is not null, k.inherits_from,
          k.published_at,
          (select d.policy from drains d where d.key_id = k.key_id and d.until_pos is null), e.name, e.salt, e.holdout_share
        from audience_keys k left join experiments e on e.audience = k.audience and e.phase = 2 order by k.key_id
        """;

    private const string PublishedSql = "select e.id, e.seq_id from unnest($1::uuid[]) as d(id) join mt_events e on e.id = d.id";

    /// <summary>The published keys, which can be reloaded.</summary>
    public async Task<AudienceKeys> OpenAsync(CancellationToken cancellationToken) => new(await ReadAsync(cancellationToken), ReadAsync);

    private async Task<IReadOnlyCollection<PublishedKey>> ReadAsync(CancellationToken cancellationToken)
    {
        var keys = new List<PublishedKey>();
        await using (var command = Sql.Command(database.Query, SelectSql))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                if (AudienceKey.TryParse(reader.GetString(1), out var key))
                {
                    keys.Add(Of(reader, key));
                }
            }
        }

        return keys.Exists(key => key.InheritsFrom is not null) ? await WithPositionsAsync(keys, cancellationToken) : keys;
    }

    private static PublishedKey Of(NpgsqlDataReader reader, AudienceKey key) =>
        new(reader.GetInt32(0), key, reader.IsDBNull(2) ? null : TimeSpan.FromSeconds(reader.GetInt64(2)))
        {
            MatchKeys = (MatchKeys)reader.GetInt32(3),
            ConsentPolicy = (ConsentPolicy)reader.GetInt16(4),
            Retired = reader.GetBoolean(5),
            InheritsFrom = reader.IsDBNull(6) ? null : reader.GetInt32(6),
            PublishedAt = new DateTimeOffset(reader.GetDateTime(7)),
            Draining = reader.IsDBNull(8) ? null : (LateEvents)reader.GetInt16(8),
            Holdout = reader.IsDBNull(9) ? null : new Holdout(reader.GetString(9), reader.GetString(10), reader.GetInt32(11)),
        };

    // A successor takes over the state of its predecessor as of the successor's own publication event.
    private async Task<IReadOnlyCollection<PublishedKey>> WithPositionsAsync(List<PublishedKey> keys, CancellationToken cancellationToken)
    {
        var ids = keys.Where(key => key.InheritsFrom is not null).ToDictionary(key => RegistryStore.IdOf(key.Key).Value);
        var positions = new Dictionary<int, Position>();
        await using var command = Sql.Command(database.Query, PublishedSql, Sql.Of(ids.Keys.ToList()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            positions[ids[reader.GetGuid(0)].KeyId] = new Position(reader.GetInt64(1));
        }

        return [.. keys.Select(key => positions.TryGetValue(key.KeyId, out var position) ? key with { PublishedPos = position } : key)];
    }
}
