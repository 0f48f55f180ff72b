using Npgsql;

namespace AudienceSync.Host.Storage;

/// <summary>Columns that may be null, as values that may be null.</summary>
internal static class ReaderColumns
{
    public static DateTimeOffset? TimeOrNull(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : new DateTimeOffset(reader.GetDateTime(column));

    public static string? TextOrNull(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
