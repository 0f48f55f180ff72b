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
        Report(drift: 4)
            .ToJsonLine()
            .ShouldBe(
                """{"sent":20,"accepted":10,"duplicates":5,"quarantined":3,"people":7,"audiences":[{"key":"k_v1","destination":"meta_main","desired":6,"delivered":5,"platform":4,"drift":4}],"mixed_in":{"placeholders":1,"extensions":2,"form_bodies":3,"reused_ids":4,"clocks_ahead":5,"clocks_skewed":6,"doubtful_removals":7},"seconds":12.35}"""
            );

    [Fact]
    public void A_run_is_good_only_without_drift_and_without_failures()
    {
        Report(drift: 0).IsGood.ShouldBeTrue();
        Report(drift: 1).IsGood.ShouldBeFalse();
        Report(drift: 0, "the engine was not quiet").IsGood.ShouldBeFalse();
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
