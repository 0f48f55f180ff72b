using AudienceSync.Domain.Feedback;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Feedback;

public sealed class FeedbackFactsTests
{
    [Theory]
    [InlineData(FeedbackFacts.Delivery.Add, DeliveryResults.Acknowledged, FeedbackFact.Synced)]
    [InlineData(FeedbackFacts.Delivery.Add, DeliveryResults.Confirmed, FeedbackFact.Synced)]
    [InlineData(FeedbackFacts.Delivery.Add, DeliveryResults.Accepted, FeedbackFact.None)]
    [InlineData(FeedbackFacts.Delivery.Add, "in_doubt:timeout", FeedbackFact.None)]
    [InlineData(FeedbackFacts.Delivery.Add, "rejected:meta_invalid_entry", FeedbackFact.Failed)]
    [InlineData(FeedbackFacts.Delivery.Add, "invalid:no_usable_identifier", FeedbackFact.Failed)]
    [InlineData(FeedbackFacts.Delivery.Refresh, DeliveryResults.Acknowledged, FeedbackFact.None)]
    [InlineData(FeedbackFacts.Delivery.Refresh, "rejected:meta_invalid_entry", FeedbackFact.Failed)]
    [InlineData(FeedbackFacts.Delivery.Remove, DeliveryResults.Acknowledged, FeedbackFact.Removed)]
    [InlineData(FeedbackFacts.Delivery.Remove, "skipped:unknown_normalizer_version", FeedbackFact.None)]
    [InlineData(FeedbackFacts.Delivery.Remove, "rejected:meta_invalid_entry", FeedbackFact.Failed)]
    public void A_result_is_one_fact_or_none(FeedbackFacts.Delivery delivery, string result, FeedbackFact fact) =>
        FeedbackFacts.Of(delivery, result).ShouldBe(fact);

    [Fact]
    public void The_reason_is_the_code_of_the_result()
    {
        FeedbackFacts.ReasonOf("rejected:meta_invalid_entry").ShouldBe("meta_invalid_entry");
        FeedbackFacts.ReasonOf(DeliveryResults.Acknowledged).ShouldBeNull();
    }

    [Fact]
    public void Every_fact_but_none_has_an_event() =>
        Enum.GetValues<FeedbackFact>()
            .Where(fact => fact != FeedbackFact.None)
            .Select(FeedbackFacts.EventName)
            .ShouldBe(["audience_synced", "audience_sync_failed", "audience_removed"]);
}
