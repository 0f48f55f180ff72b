using AudienceSync.Shop.Alerts;
using AudienceSync.Shop.Decisions;
using AudienceSync.Shop.Exposures;
using AudienceSync.Shop.Feedback;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Reporting;
using AudienceSync.Shop.Sending;

namespace AudienceSync.Shop.Tests.Reporting;

public sealed class RunReportTests
{
    private static readonly TallySnapshot Counts = new(
        Sent: 20,
        Accepted: 10,
        Duplicates: 5,
        Quarantined: 3,
        Refused: 2,
        Unknown: 0,
        Attempts: 25
    );

    [Fact]
    public void The_last_line_is_one_json_object_of_the_documented_shape() =>
        (
            Report(drift: 4) with
            {
                Outcomes = new OutcomeCounts(9, 5, 2, 1, Refused: 1, Unknown: 0, Attempts: 11),
                Suppressed = 3,
                Decisions = new DecisionFinding(8, 4, 1, 2, Wrong: 0, []),
                Feedback = new FeedbackFinding(6, 0, 0, 0, Refused: 2, Repeated: 3, []),
                Alerts = new AlertFinding(4, 7, Missing: 0, Unexpected: 0, []),
                Exposures = new ExposureFinding(50, 20, 9, Wrong: 0, []),
            }
        )
            .ToJsonLine()
            .ShouldBe(
                """{"sent":20,"accepted":10,"duplicates":5,"quarantined":3,"people":7,"audiences":[{"key":"k_v1","destination":"meta_main","desired":6,"delivered":5,"platform":4,"drift":4}],"mixed_in":{"placeholders":1,"extensions":2,"form_bodies":3,"reused_ids":4,"clocks_ahead":5,"clocks_skewed":6,"doubtful_removals":7},"outcomes":{"sent":9,"accepted":5,"duplicates":2,"kept":1,"refused":1,"suppressed":3},"decisions":{"checked":8,"skipped":4,"fallbacks":1,"wrong":0},"feedback":{"facts":6,"missing":0,"doubled":0,"wrong_attributes":0,"refused":2,"repeated":3},"alerts":{"notices":4,"sent":7,"missing":0,"unexpected":0},"exposures":{"rows":50,"spells":20,"people":9,"wrong":0},"seconds":12.35}"""
            );

    [Fact]
    public void A_run_is_good_only_without_drift_and_without_failures()
    {
        Report(drift: 0).IsGood.ShouldBeTrue();
        Report(drift: 1).IsGood.ShouldBeFalse();
        Report(drift: 0, "the engine was not quiet").IsGood.ShouldBeFalse();
        (Report(drift: 0) with { Outcomes = new OutcomeCounts(1, 0, 0, 0, Refused: 1, Unknown: 0, Attempts: 1) }).IsGood.ShouldBeFalse();
        (Report(drift: 0) with { Outcomes = new OutcomeCounts(1, 0, 0, 0, Refused: 0, Unknown: 1, Attempts: 1) }).IsGood.ShouldBeFalse();
        (Report(drift: 0) with { Decisions = DecisionFinding.None with { Wrong = 1 } }).IsGood.ShouldBeFalse();
        (Report(drift: 0) with { Feedback = FeedbackFinding.None with { Missing = 1 } }).IsGood.ShouldBeFalse();
        (Report(drift: 0) with { Feedback = FeedbackFinding.None with { Doubled = 1 } }).IsGood.ShouldBeFalse();
        (Report(drift: 0) with { Feedback = FeedbackFinding.None with { WrongAttributes = 1 } }).IsGood.ShouldBeFalse();
        (Report(drift: 0) with { Alerts = AlertFinding.None with { Missing = 1 } }).IsGood.ShouldBeFalse();
        (Report(drift: 0) with { Alerts = AlertFinding.None with { Unexpected = 1 } }).IsGood.ShouldBeFalse();
        (Report(drift: 0) with { Exposures = ExposureFinding.None with { Wrong = 1 } }).IsGood.ShouldBeFalse();
    }

    private static RunReport Report(int drift, params string[] failures) =>
        new(
            Counts,
            7,
            [new AudienceFinding("k_v1", "meta_main", 6, 6, 5, 4, drift)],
            12.3456,
            failures,
            [],
            new MixedIn(1, 2, 3, 4, 5, 6, 7)
        );
}
