using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Feedback;

/// <summary>Once an hour removes what is past its time, and what belongs to people who are gone. May be repeated at any time.</summary>
internal sealed class FeedbackUpkeepStore(WorkspaceDatabase database, FeedbackPageStore pages, TimeProvider clock)
{
    /// <summary>Days for which the pages of a source are shown, and dead ones can be replayed.</summary>
    public const int SendDays = 30;

    private const string GoneSql = "delete from feedback_traits t where not exists (select from people p where p.person = t.person)";

    private const string StepsSql = "delete from feedback_steps where recorded_at < $1";

    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private DateTimeOffset _next = DateTimeOffset.MinValue;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now < _next)
        {
            return;
        }

        await pages.ForgetAsync(now.AddDays(-SendDays), cancellationToken);
        await using var gone = Sql.Command(database.Query, GoneSql);
        await gone.ExecuteNonQueryAsync(cancellationToken);
        await using var steps = Sql.Command(database.Query, StepsSql, Sql.Of(now.AddDays(-1)));
        await steps.ExecuteNonQueryAsync(cancellationToken);
        _next = now + Every;
    }
}
