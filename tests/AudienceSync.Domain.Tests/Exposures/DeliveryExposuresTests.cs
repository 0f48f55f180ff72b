using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Exposures;

public sealed class DeliveryExposuresTests
{
    private static readonly DateTimeOffset Start = ExposureWorld.Start;
    private static readonly PersonId Ann = ExposureWorld.Person(1);

    private static readonly ExposureSpell Spell = new(7, Ann, 1, Start.AddMinutes(-5), Start)
    {
        Arm = ExposureArm.Treatment,
        Experiment = "x",
    };

    public static TheoryData<int, string, bool, string> Table =>
        new()
        {
            { 1, DeliveryResults.Acknowledged, false, "Sent,Acknowledged" },
            { 1, DeliveryResults.Accepted, false, "Sent" },
            { 1, DeliveryResults.Confirmed, true, "Confirmed" },
            { 1, DeliveryResults.Rejected("meta_100"), false, "Sent,Rejected" },
            { 1, DeliveryResults.Rejected("meta_100"), true, "Rejected" },
            { 1, DeliveryResults.Invalid("no_email"), false, "Invalid" },
            { 1, DeliveryResults.InDoubt("timeout"), false, "Sent" },
            { 2, DeliveryResults.Acknowledged, false, "RemovedSent,RemovedAcknowledged" },
            { 2, DeliveryResults.Accepted, false, "RemovedSent" },
            { 2, DeliveryResults.Confirmed, true, "RemovedAcknowledged" },
            { 2, DeliveryResults.Skipped("kept_for_another"), false, "" },
            { 2, DeliveryResults.InDoubt("timeout"), false, "RemovedSent" },
            { 3, DeliveryResults.Acknowledged, false, "" },
            { 3, DeliveryResults.Rejected("meta_100"), false, "Rejected" },
        };

    [Theory]
    [MemberData(nameof(Table))]
    public void Each_result_of_each_kind_of_delivery_has_its_rows(int kind, string result, bool jobEnd, string kinds) =>
        string.Join(',', Of(kind, result, Start.AddSeconds(2), jobEnd: jobEnd).Rows.Select(row => row.Kind)).ShouldBe(kinds);

    [Fact]
    public void What_is_in_doubt_and_sent_again_was_sent_once()
    {
        var (_, after) = Of(1, DeliveryResults.InDoubt("timeout"), Start.AddSeconds(1));
        var (rows, last) = Of(1, DeliveryResults.Acknowledged, Start.AddSeconds(9), after);
        rows.Select(row => row.Kind).ShouldBe([ExposureKind.Acknowledged]);
        (last!.SentAt, last.AcknowledgedAt).ShouldBe((Start.AddSeconds(1), Start.AddSeconds(9)));
    }

    [Fact]
    public void The_latency_runs_from_the_receipt_to_the_acknowledgment_and_the_arm_is_that_of_the_spell()
    {
        var (rows, _) = Of(1, DeliveryResults.Acknowledged, Start.AddMilliseconds(1500));
        rows.Select(row => row.LatencyMs).ShouldBe([null, 1500]);
        rows.ShouldAllBe(row => row.Arm == ExposureArm.Treatment && row.Experiment == "x");
    }

    [Fact]
    public void Somebody_who_is_added_again_after_a_removal_in_one_spell_is_there_again()
    {
        var (_, added) = Of(1, DeliveryResults.Acknowledged, Start);
        var (_, removed) = Of(2, DeliveryResults.Acknowledged, Start.AddSeconds(1), added);
        removed!.RemovedAcknowledgedAt.ShouldBe(Start.AddSeconds(1));
        var (_, again) = Of(1, DeliveryResults.Acknowledged, Start.AddSeconds(2), removed);
        (again!.AcknowledgedAt, again.RemovedAt, again.RemovedAcknowledgedAt).ShouldBe((Start, null, null));
    }

    [Fact]
    public void A_delivery_without_a_known_spell_is_logged_and_has_no_spell()
    {
        var delivery = new ExposureDelivery(DeliveryKind.Add, DeliveryResults.Acknowledged, Start, 3, 1, 2, IsJobEnd: false);
        var (rows, after) = DeliveryExposures.Of(Ann, 1, null, null, delivery);
        rows.Count.ShouldBe(2);
        after.ShouldBeNull();
    }

    private static (IReadOnlyList<ExposureRow> Rows, ExposureSend? After) Of(
        int kind,
        string result,
        DateTimeOffset at,
        ExposureSend? before = null,
        bool jobEnd = false
    ) => DeliveryExposures.Of(Ann, 1, Spell, before, new ExposureDelivery((DeliveryKind)kind, result, at, 3, 1, 2, jobEnd));
}
