using AudienceSync.Domain.Audiences;

namespace AudienceSync.Host.Storage.Audiences;

/// <summary>Reads the published keys. They are written with their events by <see cref="RegistryTable"/>.</summary>
public sealed class AudienceKeyTable(WorkspaceDatabase database)
{
    private const string SelectSql =
        "select key_id, audience_key, window_s, match_keys, consent_policy, retired_at is not null, inherits_from from audience_keys order by key_id";

    /// <summary>The keys as they are, and able to be read again.</summary>
    public async Task<AudienceKeys> OpenAsync(CancellationToken cancellationToken) => new(await ReadAsync(cancellationToken), ReadAsync);

    private async Task<IReadOnlyCollection<PublishedKey>> ReadAsync(CancellationToken cancellationToken)
    {
        var keys = new List<PublishedKey>();
        await using var command = Sql.Command(database.Query, SelectSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (AudienceKey.TryParse(reader.GetString(1), out var key))
            {
                keys.Add(new PublishedKey(reader.GetInt32(0), key, reader.IsDBNull(2) ? null : TimeSpan.FromSeconds(reader.GetInt64(2)))
                {
                    MatchKeys = (MatchKeys)reader.GetInt32(3),
                    ConsentPolicy = (ConsentPolicy)reader.GetInt16(4),
                    Retired = reader.GetBoolean(5),
                    InheritsFrom = reader.IsDBNull(6) ? null : reader.GetInt32(6),
                });
            }
        }

        return keys;
    }
}
