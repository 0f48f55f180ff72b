using AudienceSync.Shop.Alerts;
using AudienceSync.Shop.Exposures;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Reporting;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;
using AudienceSync.Shop.Watching;

namespace AudienceSync.Shop.Running;

/// <summary>What the people who run the engine see of a play: their alerts, and the exposure log in their warehouse.</summary>
internal sealed class OperatorChecks(EngineApi engine, Stage stage, RunOptions options, int seed, TimeProvider time)
{
    // A look every 15 s, half a minute until an incident is announced; and as long again when the engine was killed meanwhile.
    private static readonly TimeSpan AlertLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ExposureLimit = TimeSpan.FromSeconds(60);

    private readonly AlertWatch _alerts = new(engine, stage.Sandbox!, options.Faults ? Fault.Refused.Name : null, time);

    /// <summary>
    /// A platform refuses the token of an account; waits until people are alerted about it, and resumes the account. Not before the engine
    /// was killed: its start is an operator's, and lifts the stop before anybody is alerted.
    /// </summary>
    public async Task CorrectAsync(CancellationToken cancel)
    {
        if (!options.Faults)
        {
            return;
        }

        if (options.Crash)
        {
            await stage.Restarted.WaitAsync(cancel);
        }

        await stage.Sandbox!.AddFaultAsync(Fault.OfToken(seed), cancel);
        await _alerts.CorrectAsync(AlertLimit, cancel);
    }

    /// <summary>The report with what was seen.</summary>
    /// <param name="report">The report so far.</param>
    /// <param name="session">The play.</param>
    /// <param name="expected">Who must be in which audience where.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<RunReport> CompleteAsync(
        RunReport report,
        PlaySession session,
        IReadOnlyList<ExpectedAudience> expected,
        CancellationToken cancel
    )
    {
        var comparison = new ExposureComparison(
            session.Play.Customers,
            expected,
            session.Tally.Accepted.Count(item => item.Event.Kind == EventKind.Exposure),
            stage.Secrets.LinkKey
        );
        return report with
        {
            Exposures = await new ExposureWait(engine, stage, time).WaitAsync(comparison, ExposureLimit, cancel),
            Alerts = await _alerts.EvaluateAsync(RecoveryLimit, cancel),
        };
    }
}
