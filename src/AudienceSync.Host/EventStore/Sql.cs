using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Host.EventStore;

/// <summary>Typed positional parameters, so that no value is boxed and no type is inferred.</summary>
internal static class Sql
{
    public static NpgsqlBatchCommand Command(string text, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    public static NpgsqlCommand Command(NpgsqlConnection connection, string text, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    public static NpgsqlCommand Command(NpgsqlDataSource source, string text, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = source.CreateCommand(text);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    public static NpgsqlParameter Of<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };

    /// <summary>A time that is stored as timestamptz.</summary>
    public static NpgsqlParameter Of(DateTimeOffset value) => new NpgsqlParameter<DateTime> { TypedValue = value.UtcDateTime };

    /// <summary>
    /// A column of times, with an explicit type, because the driver infers the type of an array of nullable times from its first element.
    /// </summary>
    public static NpgsqlParameter OfTimes<T>(List<T> values) =>
        new NpgsqlParameter<List<T>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter OfNullable(string? value) =>
        new() { Value = value is null ? DBNull.Value : value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter OfNullable(Guid? value) =>
        new() { Value = value is { } id ? id : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    public static NpgsqlParameter OfNullable(DateTimeOffset? value) =>
        new() { Value = value is { } time ? time.UtcDateTime : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter OfNullable(bool? value) =>
        new() { Value = value is { } truth ? truth : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean };

    public static NpgsqlParameter OfNullable(long? value) =>
        new() { Value = value is { } number ? number : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint };
}
