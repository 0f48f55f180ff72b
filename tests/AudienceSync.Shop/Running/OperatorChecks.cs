using AudienceSync.Shop.Alerts;
using AudienceSync.Shop.Exposures;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Reporting;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;
using AudienceSync.Shop.Watching;

namespace AudienceSync.Shop.Running;

/// <summary>What the people who run the engine see of a play: their alerts, and the exposure log in their warehouse.</summary>
internal sealed class OperatorChecks(EngineApi engine, Stage stage, bool hasFaults, TimeProvider time)
{
    // A look every 15 s, half a minute until an incident is announced; and as long again when the engine was killed meanwhile.
    private static readonly TimeSpan AlertLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ExposureLimit = TimeSpan.FromSeconds(60);

    private readonly AlertWatch _alerts = new(engine, stage.Sandbox!, hasFaults ? Fault.Refused.Name : null, time);

    /// <summary>Waits until people are alerted about the refused token, and resumes its account.</summary>
    public Task CorrectAsync(CancellationToken cancel) => _alerts.CorrectAsync(AlertLimit, cancel);

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
