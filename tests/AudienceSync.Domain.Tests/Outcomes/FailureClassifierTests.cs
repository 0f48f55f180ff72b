using AudienceSync.Domain.Events;
using AudienceSync.Domain.Outcomes;

namespace AudienceSync.Domain.Tests.Outcomes;

/// <summary>Texts as mail servers and carriers write them.</summary>
public sealed class FailureClassifierTests
{
    [Theory]
    [InlineData("email", "bounced", null, DeliveryFailure.Hard)]
    [InlineData("email", "bounced", "Bad Destination", DeliveryFailure.Hard)]
    [InlineData("email", "bounced", "550 5.1.1 <ann@shop.example>: user unknown; see our policy", DeliveryFailure.Hard)]
    [InlineData("email", "bounced", "452 4.2.2 The email account that you tried to reach is over quota", DeliveryFailure.Soft)]
    [InlineData("email", "bounced", "421 4.7.0 Try again later", DeliveryFailure.Soft)]
    [InlineData("email", "bounced", "550 5.7.1 Message rejected as SPAM", DeliveryFailure.Blocked)]
    [InlineData("email", "bounced", "550 rejected by 15.1.10.7", DeliveryFailure.Hard)]
    [InlineData("email", "dropped", "Bounced Address", DeliveryFailure.Blocked)]
    [InlineData("email", "deferred", null, DeliveryFailure.Soft)]
    [InlineData("email", "attempted", "connection refused", DeliveryFailure.Soft)]
    [InlineData("email", "failed", "Liquid syntax error: Unknown tag 'x'", DeliveryFailure.None)]
    [InlineData("email", "failed", null, DeliveryFailure.Soft)]
    [InlineData("email", "undeliverable", "message limit", DeliveryFailure.None)]
    [InlineData("email", "delivered", "user unknown", DeliveryFailure.None)]
    [InlineData("sms", "bounced", "Error 30003: unreachable handset", DeliveryFailure.Soft)]
    [InlineData("sms", "bounced", "Error 30005: unknown destination handset", DeliveryFailure.Hard)]
    [InlineData("sms", "bounced", "Error 21610", DeliveryFailure.Blocked)]
    [InlineData("sms", "bounced", "+4930005123 rejected, 1300031", DeliveryFailure.Hard)]
    [InlineData("push", "bounced", null, DeliveryFailure.Hard)]
    [InlineData("webhook", "failed", "500", DeliveryFailure.None)]
    [InlineData("in_app", "failed", null, DeliveryFailure.None)]
    [InlineData("pigeon", "bounced", "user unknown", DeliveryFailure.None)]
    public void A_failure_proves_what_its_metric_and_text_show(string channel, string metric, string? text, DeliveryFailure expected) =>
        FailureClassifier.Classify(channel, metric, text).ShouldBe(expected);
}
