namespace AudienceSync.Host.Storage.Status;

/// <summary>A quarantined webhook as people see it: everything but its body.</summary>
public sealed record QuarantineView(
    Guid Id, string Source, bool Refused, string Reason, string Detail, string? AudienceKey, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt, int Seen, int BodyBytes);

/// <summary>What waits for a human.</summary>
public sealed class QuarantineQueries(WorkspaceDatabase database)
{
    private const string ListSql = """
        select id, source, refused, reason, detail, audience_key, first_seen_at, last_seen_at, seen, body_bytes
        from quarantine where state = 1 order by last_seen_at desc, id limit $1
        """;

    /// <summary>The latest first.</summary>
    public async Task<IReadOnlyList<QuarantineView>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        var entries = new List<QuarantineView>();
        await using var command = Sql.Command(database.Query, ListSql, Sql.Of(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            entries.Add(new QuarantineView(
                reader.GetGuid(0), reader.GetString(1), reader.GetBoolean(2), reader.GetString(3), reader.GetString(4),
                reader.TextOrNull(5), new DateTimeOffset(reader.GetDateTime(6)), new DateTimeOffset(reader.GetDateTime(7)),
                reader.GetInt32(8), reader.GetInt32(9)));
        }

        return entries;
    }
}
