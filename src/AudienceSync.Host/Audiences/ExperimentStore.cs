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

/// <summary>The arms of an experiment that runs.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="AudienceKey">A version of its audience.</param>
/// <param name="HoldoutShare">Parts of ten thousand that are to be held out.</param>
/// <param name="Treatment">Members who are sent.</param>
/// <param name="Holdout">Members who are held out.</param>
/// <param name="Withheld">Members who may be sent nowhere anyway.</param>
public sealed record RunningArms(string Experiment, string AudienceKey, int HoldoutShare, long Treatment, long Holdout, long Withheld);

/// <summary>Reads experiments. They are written with their events, and their phase by the projector.</summary>
public sealed class ExperimentStore(WorkspaceDatabase database)
{
    private const string Columns = "e.audience, e.name, e.salt, e.holdout_share, e.starts_at, e.ends_at, e.phase, e.treatment_share";

    private const string AllSql = $"select {Columns} from experiments e order by e.audience, e.starts_at";

    private const string OfAudienceSql = $"select {Columns} from experiments e where e.audience = $1 order by e.starts_at, e.name";

    // $1: an audience, or null for all.
    private const string ArmsSql = $"""
        select e.name, k.audience_key, e.holdout_share, c.treatment, c.holdout, c.withheld
        from experiments e join audience_keys k on k.audience = e.audience and k.retired_at is null
        cross join lateral (
          select count(*) filter (where {TargetingSql.Anywhere}) as treatment, count(*) filter (where m.state = 7) as holdout,
            count(*) filter (where m.state = 4) as withheld
          from membership m where m.key_id = k.key_id and m.state {TargetingSql.Listed}) c
        where e.phase = 2 and ($1::text is null or e.audience = $1) order by e.name, k.version
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
                    phase == 2 ? [.. (await ArmsAsync(audience, cancellationToken)).Select(Shown)] : []
                )
            );
        }

        return shown;
    }

    /// <summary>The arms of the experiments that run, for each version that is not retired.</summary>
    /// <param name="audience">Of one audience; null for all.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<List<RunningArms>> ArmsAsync(string? audience, CancellationToken cancellationToken)
    {
        var arms = new List<RunningArms>();
        await using var command = Sql.Command(database.Query, ArmsSql, Sql.OfNullable(audience));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            arms.Add(
                new RunningArms(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetInt32(2),
                    reader.GetInt64(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5)
                )
            );
        }

        return arms;
    }

    private static ShownArms Shown(RunningArms arms)
    {
        var ratio = SampleRatio.Of(arms.Treatment, arms.Holdout, arms.HoldoutShare);
        return new ShownArms(
            arms.AudienceKey,
            arms.Treatment,
            arms.Holdout,
            arms.Withheld,
            Math.Round(ratio.ChiSquare, 3),
            ratio.IsMismatch
        );
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
