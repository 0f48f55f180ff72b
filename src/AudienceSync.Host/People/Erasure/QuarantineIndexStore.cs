using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Privacy;
using Npgsql;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// Indexes the quarantined bodies that were written before the index existed, a page at a time. Safe next to any other
/// Host that does the same: a body gives the same digests.
/// </summary>
/// <param name="countryOf">The country by which a source's national phone numbers are read; empty when it has none.</param>
public sealed class QuarantineIndexStore(WorkspaceDatabase database, BodySeal seal, BodyMentions mentions, Func<string, string> countryOf)
{
    private const int Page = 50;

    private const string NextSql = """
        select id, source, first_seen_at, key_version, cipher from quarantine where mention_state <> 1 and mention_state = 0 order by id
          limit $1
        """;

    private const string WriteSql = "update quarantine set mentions = $2, mention_state = $3 where id = $1 and mention_state = 0";

    /// <summary>Returns how many were processed; 0 when none is left.</summary>
    public async Task<int> FillAsync(CancellationToken cancellationToken)
    {
        var writes = new List<NpgsqlBatchCommand>(Page);
        await using (var command = Sql.Command(database.Hot, NextSql, Sql.Of(Page)))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var body = seal.TryOpen(new DateTimeOffset(reader.GetDateTime(2)), reader.GetInt16(3), reader.GetFieldValue<byte[]>(4));
                var digests = body is null ? null : mentions.Of(body, countryOf(reader.GetString(1)));
                writes.Add(
                    Sql.Command(WriteSql, Sql.Of(reader.GetGuid(0)), Sql.Of(digests ?? []), Sql.Of((short)(digests is null ? 2 : 1)))
                );
            }
        }

        if (writes.Count > 0)
        {
            await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection);
            writes.ForEach(batch.BatchCommands.Add);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        return writes.Count;
    }
}
