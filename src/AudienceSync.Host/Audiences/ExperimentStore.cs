using AudienceSync.Domain.Experiments;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Audiences;

/// <summary>An experiment as it is shown.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Salt">Its salt.</param>
/// <param name="Shares">In percent.</param>
/// <param name="StartsAt">When it starts.</param>
/// <param name="EndsAt">When it ends; null for not by itself.</param>
/// <param name="State"><c>waiting</c>, <c>running</c> or <c>over</c>.</param>
/// <param name="Sizes">Of its arms, for each version that is not retired; empty while it does not run.</param>
public sealed record ShownExperiment(
    string Name,
    string Salt,
    ShownShares Shares,
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt,
    string State,
    IReadOnlyList<ShownArms> Sizes
);

/// <summary>The shares of the arms, in percent.</summary>
public sealed record ShownShares(decimal Treatment, decimal Holdout);

/// <summary>The sizes of the arms.</summary>
/// <param name="AudienceKey">The version.</param>
/// <param name="Treatment">Members who are sent.</param>
/// <param name="Holdout">Members who are held out.</param>
/// <param name="Withheld">Members who may be sent nowhere anyway, whatever their arm.</param>
/// <param name="ChiSquare">Of the two sizes against the shares.</param>
/// <param name="SampleRatioMismatch">Whether chance does not explain the difference.</param>
public sealed record ShownArms(string AudienceKey, long Treatment, long Holdout, long Withheld, double ChiSquare, bool SampleRatioMismatch);

/// <summary>Reads experiments. They are written with their events, and their phase by the projector.</summary>
public sealed class ExperimentStore(WorkspaceDatabase database)
{
    private const string Columns = "e.audience, e.name, e.salt, e.holdout_share, e.starts_at, e.ends_at, e.phase, e.treatment_share";

    private const string AllSql = $"select {Columns} from experiments e order by e.audience, e.starts_at";

    private const string OfAudienceSql = $"select {Columns} from experiments e where e.audience = $1 order by e.starts_at, e.name";

    private const string SizesSql = $"""
        select k.audience_key, count(*) filter (where {TargetingSql.Anywhere}), count(*) filter (where m.state = 7),
          count(*) filter (where m.state = 4)
        from audience_keys k left join membership m on m.key_id = k.key_id and m.state in (1, 4, 6, 7)
        where k.audience = $1 and k.retired_at is null group by k.key_id order by k.version
        """;

    /// <summary>Every experiment of the workspace.</summary>
    public async Task<ExperimentCalendar> CalendarAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, AllSql);
        return new ExperimentCalendar((await ReadAsync(command, cancellationToken)).Select(row => row.Period));
    }

    /// <summary>The experiments of an audience, in the order of their starts, with the sizes of the arms of the one that runs.</summary>
    public async Task<IReadOnlyList<ShownExperiment>> ShowAsync(string audience, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, OfAudienceSql, Sql.Of(audience));
        var shown = new List<ShownExperiment>();
        foreach (var (period, phase, treatment) in await ReadAsync(command, cancellationToken))
        {
            shown.Add(
                new ShownExperiment(
                    period.Holdout.Experiment,
                    period.Holdout.Salt,
                    new ShownShares(treatment / 100m, period.Holdout.HoldoutShare / 100m),
                    period.StartsAt,
                    period.EndsAt,
                    phase switch
                    {
                        1 => "waiting",
                        2 => "running",
                        _ => "over",
                    },
                    phase == 2 ? await SizesAsync(period, cancellationToken) : []
                )
            );
        }

        return shown;
    }

    private async Task<List<ShownArms>> SizesAsync(ExperimentPeriod period, CancellationToken cancellationToken)
    {
        var sizes = new List<ShownArms>();
        await using var command = Sql.Command(database.Query, SizesSql, Sql.Of(period.Audience));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (treatment, holdout) = (reader.GetInt64(1), reader.GetInt64(2));
            var ratio = SampleRatio.Of(treatment, holdout, period.Holdout.HoldoutShare);
            sizes.Add(
                new ShownArms(reader.GetString(0), treatment, holdout, reader.GetInt64(3), Math.Round(ratio.ChiSquare, 3), ratio.IsMismatch)
            );
        }

        return sizes;
    }

    private static async Task<List<(ExperimentPeriod Period, short Phase, int TreatmentShare)>> ReadAsync(
        NpgsqlCommand command,
        CancellationToken cancellationToken
    )
    {
        var rows = new List<(ExperimentPeriod, short, int)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var holdout = new Holdout(reader.GetString(1), reader.GetString(2), reader.GetInt32(3));
            var period = new ExperimentPeriod(
                reader.GetString(0),
                holdout,
                new DateTimeOffset(reader.GetDateTime(4)),
                reader.TimeOrNull(5)
            );
            rows.Add((period, reader.GetInt16(6), reader.GetInt32(7)));
        }

        return rows;
    }
}
