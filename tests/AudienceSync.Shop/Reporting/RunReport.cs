using System.Text.Json;
using AudienceSync.Shop.Alerts;
using AudienceSync.Shop.Decisions;
using AudienceSync.Shop.Exposures;
using AudienceSync.Shop.Feedback;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Sending;

namespace AudienceSync.Shop.Reporting;

/// <summary>The outcome of a run.</summary>
/// <param name="People">By the engine; -1 when it did not report a number.</param>
/// <param name="Seconds">From the first webhook to the comparison.</param>
/// <param name="Failures">Empty on success.</param>
/// <param name="DriftExamples">Customers by their number in the simulation.</param>
/// <param name="MixedIn">The irregularities of real senders that were sent.</param>
internal sealed record RunReport(
    TallySnapshot Counts,
    int People,
    IReadOnlyList<AudienceFinding> Audiences,
    double Seconds,
    IReadOnlyList<string> Failures,
    IReadOnlyList<string> DriftExamples,
    MixedIn MixedIn
)
{
    /// <summary>The reporting stream.</summary>
    public OutcomeCounts Outcomes { get; init; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>Customers whom the oracle removed from the audiences because of outcomes.</summary>
    public int Suppressed { get; init; }

    public DecisionFinding Decisions { get; init; } = DecisionFinding.None;

    public FeedbackFinding Feedback { get; init; } = FeedbackFinding.None;

    public AlertFinding Alerts { get; init; } = AlertFinding.None;

    public ExposureFinding Exposures { get; init; } = ExposureFinding.None;

    public bool IsGood =>
        Failures.Count == 0
        && Audiences.All(audience => audience.Drift == 0)
        && Outcomes is { Refused: 0, Unknown: 0 }
        && Decisions.Wrong == 0
        && Feedback.IsGood
        && Alerts.IsGood
        && Exposures.IsGood;

    /// <summary>The one line that programs parse.</summary>
    public string ToJsonLine() =>
        JsonSerializer.Serialize(
            new
            {
                sent = Counts.Sent,
                accepted = Counts.Accepted,
                duplicates = Counts.Duplicates,
                quarantined = Counts.Quarantined,
                people = People,
                audiences = Audiences.Select(audience => new
                {
                    key = audience.Key,
                    destination = audience.Destination,
                    desired = audience.Desired,
                    delivered = audience.Delivered,
                    platform = audience.Platform,
                    drift = audience.Drift,
                }),
                mixed_in = MixedInJson(),
                outcomes = new
                {
                    sent = Outcomes.Sent,
                    accepted = Outcomes.Accepted,
                    duplicates = Outcomes.Duplicates,
                    kept = Outcomes.Kept,
                    refused = Outcomes.Refused,
                    suppressed = Suppressed,
                },
                decisions = new
                {
                    @checked = Decisions.Checked,
                    skipped = Decisions.Skipped,
                    fallbacks = Decisions.Fallbacks,
                    wrong = Decisions.Wrong,
                },
                feedback = new
                {
                    facts = Feedback.Facts,
                    missing = Feedback.Missing,
                    doubled = Feedback.Doubled,
                    wrong_attributes = Feedback.WrongAttributes,
                    refused = Feedback.Refused,
                    repeated = Feedback.Repeated,
                },
                alerts = AlertsJson(),
                exposures = ExposuresJson(),
                seconds = Math.Round(Seconds, 2),
            }
        );

    private object MixedInJson() =>
        new
        {
            placeholders = MixedIn.Placeholders,
            extensions = MixedIn.Extensions,
            form_bodies = MixedIn.FormBodies,
            reused_ids = MixedIn.ReusedIds,
            clocks_ahead = MixedIn.ClocksAhead,
            clocks_skewed = MixedIn.ClocksSkewed,
            doubtful_removals = MixedIn.DoubtfulRemovals,
        };

    private object AlertsJson() =>
        new
        {
            notices = Alerts.Notices,
            sent = Alerts.Sent,
            missing = Alerts.Missing,
            unexpected = Alerts.Unexpected,
        };

    private object ExposuresJson() =>
        new
        {
            rows = Exposures.Rows,
            spells = Exposures.Spells,
            people = Exposures.People,
            wrong = Exposures.Wrong,
        };
}
