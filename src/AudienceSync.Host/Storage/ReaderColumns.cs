using Npgsql;

namespace AudienceSync.Host.Storage;

/// <summary>Columns that may be null, as values that may be null.</summary>
internal static class ReaderColumns
{
    public static DateTimeOffset? TimeOrNull(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : Time(reader.GetDateTime(column));

    // Infinity has no time zone, and giving it one could carry it over the end of time.
    private static DateTimeOffset Time(DateTime time) => time.Ticks == DateTime.MaxValue.Ticks ? DateTimeOffset.MaxValue : new DateTimeOffset(time);

    public static string? TextOrNull(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
