using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.Outcomes;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Outcomes;

/// <summary>From a report to the platform's list, and back.</summary>
public sealed class OutcomeSuppressionTests
{
    private const string Strict =
        "{ hard_bounce: [ meta_main ], unsubscribe: suppress, preferences: suppress, soft_bounces: { count: 2, days: 1, then: suppress } }";

    [Fact]
    public async Task A_hard_bounce_removes_the_person_from_the_platform_until_an_operator_lifts_it()
    {
        await using var host = await ReportingStage.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        await host.PostAsync(Sample.Of(new JsonObject { ["customer_id"] = "ann", ["email"] = "ann@example.com" }).ToJsonString());
        await HeldAsync(host, 1);

        var bounce = Bounce("b1", minutes: 1);
        (await host.StatusOfAsync(bounce)).ShouldBe("accepted");
        await HeldAsync(host, 0);
        (await host.ScalarAsync<string>("select data::text from mt_events where type = 'person_suppressed'")).ShouldBe(
            """{"reason": "hard_bounce", "source": "cio_reporting", "occurredAt": "2026-11-21T09:21:00Z"}"""
        );
        (await WhyAsync(host)).ShouldContain("suppressed everywhere: hard_bounce");

        // The same outcome is no second suppression, and an older one does not outweigh the lifting.
        await LiftAsync(host, "2026-11-21T09:25:00Z");
        await HeldAsync(host, 1);
        (await host.StatusOfAsync(bounce)).ShouldBe("duplicate");
        (await host.StatusOfAsync(Bounce("b2", minutes: 2))).ShouldBe("accepted");
        await host.ProjectedAsync();
        await SuppressionsAsync(host, 2);
        await host.WaitUntilQuietAsync();
        await HeldAsync(host, 1);
    }

    [Fact]
    public async Task By_default_a_refusal_of_messages_is_only_a_trait()
    {
        await using var host = await ReportingStage.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        await host.StatusOfAsync(Report("customer", "unsubscribed", "u1", 1));
        await host.StatusOfAsync(Report("email", "failed", "f1", 2));
        await host.ProjectedAsync();

        await SuppressionsAsync(host, 0);
        (await host.EngagementOfAsync(IdentifierKind.CustomerId, "ann")).Unsubscribed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_policy_suppresses_for_refusals_and_soft_bounces_and_a_subscription_lifts_only_refusals()
    {
        await using var host = await ReportingStage.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) }, Strict);
        await host.PostAsync(Sample.Of(new JsonObject { ["customer_id"] = "ann", ["email"] = "ann@example.com" }).ToJsonString());
        await HeldAsync(host, 1);

        await host.StatusOfAsync(Report("customer", "unsubscribed", "u1", 1));
        await HeldAsync(host, 0);
        await host.StatusOfAsync(Report("customer", "subscribed", "s1", 2));
        await HeldAsync(host, 1);

        await host.StatusOfAsync(Report("email", "failed", "f1", 3));
        await host.StatusOfAsync(Report("email", "failed", "f2", 4));
        await HeldAsync(host, 0);
        await host.StatusOfAsync(Report("customer", "unsubscribed", "u2", 5));
        await host.StatusOfAsync(Report("customer", "subscribed", "s2", 6));
        await host.ProjectedAsync();
        await host.WaitUntilQuietAsync();
        await HeldAsync(host, 0);
        (await host.ScalarAsync<long>("select count(*) from mt_events where type = 'person_suppression_lifted'")).ShouldBe(
            1,
            "the soft bounces stand"
        );
    }

    [Fact]
    public async Task A_rule_with_destinations_suppresses_only_there_and_a_person_known_by_email_too()
    {
        await using var host = await ReportingStage.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) }, Strict);
        var mail = new JsonObject { ["id"] = null, ["email"] = "bea@example.com" };
        await host.StatusOfAsync(
            ReportingStage.Report(
                "email",
                "bounced",
                "b1",
                Sample.Now.AddMinutes(-5),
                mail,
                new JsonObject { ["failure_message"] = "gone" }
            )
        );
        await host.ProjectedAsync();
        await SuppressionsAsync(host, 1);
        (await host.ScalarAsync<string>("select data->>'destination' from mt_events where type = 'person_suppressed'")).ShouldBe(
            "meta_main"
        );

        // The person is later linked to a customer id, and the suppression holds for both.
        await host.PostAsync(Sample.Of(new JsonObject { ["customer_id"] = "bea", ["email"] = "bea@example.com" }).ToJsonString());
        await host.WaitUntilQuietAsync();
        await HeldAsync(host, 0);
        (await host.ScalarAsync<long>("select count(*) from mt_events where type = 'person_linked'")).ShouldBe(1);
    }

    [Fact]
    public void A_subscription_lifts_only_what_earlier_refusals_alone_suppress()
    {
        var lifting = new OutcomeConsequence(true, null, "unsubscribe", At(5));
        var refused = new PersonSuppressed(At(1), "cio_reporting", null, "unsubscribe");

        OutcomeSuppression.MayLift(lifting, []).ShouldBeFalse("there is nothing to lift");
        OutcomeSuppression.MayLift(lifting, [refused]).ShouldBeTrue();
        OutcomeSuppression.MayLift(lifting, [refused with { OccurredAt = At(5) }]).ShouldBeFalse("on a tie the refusal counts");
        OutcomeSuppression.MayLift(lifting, [refused, refused with { Reason = "complaint" }]).ShouldBeFalse();
        OutcomeSuppression.MayLift(lifting, [refused, refused with { Destination = "meta", Reason = "complaint" }]).ShouldBeTrue();
        OutcomeSuppression
            .MayLift(
                lifting,
                [
                    refused with
                    {
                        OccurredAt = At(3),
                    },
                    new PersonSuppressed(At(1), "operator", null, "asked"),
                    new PersonSuppressionLifted(At(2), "operator", null, null),
                ]
            )
            .ShouldBeTrue("the operator's suppression was lifted before");
    }

    private static DateTimeOffset At(int minutes) => Sample.Now.AddMinutes(minutes);

    private static string Bounce(string id, int minutes) =>
        Report("email", "bounced", id, minutes, new JsonObject { ["failure_message"] = "550 5.1.1 <ann@example.com> user unknown" });

    private static string Report(string channel, string metric, string id, int minutes, JsonObject? data = null) =>
        ReportingStage.Report(
            channel,
            metric,
            id,
            Sample.Now.AddMinutes(minutes - 10),
            ReportingStage.Person("ann", "ann@example.com"),
            data
        );

    private static Task SuppressionsAsync(TestHost host, long count) =>
        Deadline.UntilAsync(
            async () => await host.ScalarAsync<long>("select count(*) from mt_events where type = 'person_suppressed'") == count,
            () => $"{count} suppressions"
        );

    private static async Task LiftAsync(TestHost host, string at)
    {
        using var content = new StringContent(
            $$"""{"customer_id":"ann","occurred_at":"{{at}}","reason":"a new mailbox"}""",
            Encoding.UTF8,
            "application/json"
        );
        using var response = await host.Operator.PostAsync("/v1/people/suppressions/lift", content);
        ((int)response.StatusCode).ShouldBe(200);
    }

    private static async Task<string> WhyAsync(TestHost host)
    {
        var person = await host.ScalarAsync<Guid>("select person from membership limit 1");
        return (await host.GetAsync($"/v1/people/{person}/why/{Sample.Key}")).GetRawText();
    }

    private static Task HeldAsync(TestHost host, int count) =>
        Deadline.UntilAsync(
            async () => (await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).Count == count,
            () => $"{count} on the list:\n" + string.Join('\n', host.LogLines.TakeLast(30))
        );
}
