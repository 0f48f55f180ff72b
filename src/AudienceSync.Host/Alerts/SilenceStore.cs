using AudienceSync.Domain.Alerts;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Alerts;

/// <summary>A silence as shown to operators.</summary>
/// <param name="Silence">Its number.</param>
/// <param name="Rule">The rule; null for all.</param>
/// <param name="Destination">The ad account; null for all.</param>
/// <param name="Subject">The subject or audience; null for all.</param>
/// <param name="By">Who silenced it.</param>
/// <param name="Why">The reason.</param>
/// <param name="At">Since when.</param>
/// <param name="Until">Its end.</param>
public sealed record SilenceView(
    long Silence,
    string? Rule,
    string? Destination,
    string? Subject,
    string By,
    string? Why,
    DateTimeOffset At,
    DateTimeOffset Until
);

/// <summary>What nobody wants to hear of for a while.</summary>
internal sealed class SilenceStore(WorkspaceDatabase database)
{
    private const string ActiveSql = """
        select silence_id, rule, destination, subject, silenced_by, why, silenced_at, until from alert_silences
        where until > $1 order by silence_id
        """;

    private const string AddSql = """
        insert into alert_silences (rule, destination, subject, silenced_by, why, silenced_at, until)
        values ($1, $2, $3, $4, $5, $6, $7) returning silence_id
        """;

    private const string EndSql = "update alert_silences set until = $2, ended_by = $3 where silence_id = $1 and until > $2";

    public async Task<IReadOnlyList<AlertSilence>> ActiveAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        [
            .. (await ReadAsync(now, cancellationToken)).Select(silence => new AlertSilence(
                silence.Rule,
                silence.Destination,
                silence.Subject,
                silence.Until
            )),
        ];

    /// <summary>Those that are not over.</summary>
    public async Task<List<SilenceView>> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var silences = new List<SilenceView>();
        await using var command = Sql.Command(database.Query, ActiveSql, Sql.Of(now));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            silences.Add(
                new SilenceView(
                    reader.GetInt64(0),
                    reader.TextOrNull(1),
                    reader.TextOrNull(2),
                    reader.TextOrNull(3),
                    reader.GetString(4),
                    reader.TextOrNull(5),
                    reader.GetFieldValue<DateTimeOffset>(6),
                    reader.GetFieldValue<DateTimeOffset>(7)
                )
            );
        }

        return silences;
    }

    /// <returns>Its number.</returns>
    public async Task<long> AddAsync(AlertSilence silence, string by, string? why, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Query,
            AddSql,
            Sql.OfNullable(silence.Rule),
            Sql.OfNullable(silence.Destination),
            Sql.OfNullable(silence.Subject),
            Sql.Of(by),
            Sql.OfNullable(why),
            Sql.Of(now),
            Sql.Of(silence.Until)
        );
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>False when there is no such silence, or it is over.</returns>
    public async Task<bool> EndAsync(long silence, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, EndSql, Sql.Of(silence), Sql.Of(now), Sql.Of(by));
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }
}
