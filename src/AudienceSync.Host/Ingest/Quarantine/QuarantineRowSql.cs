using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Append;
using Npgsql;

namespace AudienceSync.Host.Ingest.Quarantine;

/// <summary>Writes the row of an entry.</summary>
internal static class QuarantineRowSql
{
    // The values of the column: see 0036.
    private const short MentionsComplete = 1;
    private const short MentionsIncomplete = 2;

    /// <param name="entry">The entry to keep.</param>
    /// <param name="keyVersion">The version of the key that seals its body.</param>
    public static NpgsqlBatchCommand Command(QuarantineEntry entry, short keyVersion) =>
        Sql.Command(
            AppendSql.Quarantine,
            Sql.Of(entry.Id),
            Sql.Of(entry.Source),
            Sql.Of(entry.Refused),
            Sql.Of(entry.Reason),
            Sql.Of(entry.Detail),
            Sql.OfNullable(entry.AudienceKey),
            Sql.OfNullable(entry.EventId?.Value),
            Sql.Of(entry.ReceivedAt.UtcDateTime),
            Sql.Of(keyVersion),
            Sql.Of(entry.BodyBytes),
            Sql.Of(entry.Cipher),
            Sql.Of(entry.Mentions),
            Sql.Of(entry.Texts is null ? MentionsIncomplete : MentionsComplete),
            Sql.Of(entry.IsRemoval)
        );
}
