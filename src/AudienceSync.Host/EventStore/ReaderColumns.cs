using Npgsql;

namespace AudienceSync.Host.EventStore;

/// <summary>Reads nullable columns as nullable values.</summary>
internal static class ReaderColumns
{
    public static DateTimeOffset? TimeOrNull(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : Time(reader.GetDateTime(column));

    // Infinity has no time zone, and converting it to one could exceed the largest DateTimeOffset.
    private static DateTimeOffset Time(DateTime time) =>
        time.Ticks == DateTime.MaxValue.Ticks ? DateTimeOffset.MaxValue : new DateTimeOffset(time);

    public static string? TextOrNull(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
