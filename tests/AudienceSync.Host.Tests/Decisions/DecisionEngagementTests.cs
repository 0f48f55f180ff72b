using AudienceSync.Domain.Decisions;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.EventStore.Outcomes;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Decisions;

/// <summary>Outcomes of messages in a decision: those that Marten's daemon has projected, and those that it has not.</summary>
public sealed class DecisionEngagementTests
{
    [Fact]
    public async Task Outcomes_of_every_anchor_count_whether_the_daemon_has_projected_them_or_not()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        var log = workspace.OpenLog();
        await log.AppendAsync(
            [TestWebhooks.Request(Outcome(workspace, "1", OutcomeMetrics.Bounced, minutesAgo: 9, email: "ann@example.com"))],
            default
        );
        await log.AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("2", TestWorkspace.Start, "ann", "ann@example.com"))], default);
        var bounced = await FieldsAsync(workspace);
        bounced.ShouldContain("email_deliverable=false");
        bounced.ShouldContain("email_undeliverable_reason=hard_bounce");
        bounced.ShouldContain("suppressed=true", "the consequence of an acknowledged outcome, not appended yet");
        bounced.ShouldContain("suppressed_reason=hard_bounce");

        // The daemon has projected the log up to here: what its document has counts, and older events do not count again.
        var anchor = await workspace.AskAsync<Guid>("select stream_id from mt_events where type = 'message_outcome_recorded'");
        await using (var session = workspace.Database.Store.LightweightSession())
        {
            session.Store(
                new PersonEngagement
                {
                    Id = anchor,
                    Engagement = Engagement.Empty.Apply(
                        new MessageOutcomeRecorded(TestWorkspace.Start, "test", OutcomeChannels.Sms, OutcomeMetrics.Spammed)
                    ),
                }
            );
            await session.SaveChangesAsync();
        }

        await workspace.ExecuteAsync(
            "insert into mt_event_progression (name, last_seq_id) select name, head "
                + "from (select max(seq_id) as head from mt_events) e, "
                + "(values ('person_engagement:All'), ('outcome_policy:All')) as p(name)"
        );
        var projected = await FieldsAsync(workspace);
        projected.ShouldContain("email_deliverable=true");
        projected.ShouldContain("suppressed=false", "the subscription has passed the outcome, and appended nothing in this test");
        projected.ShouldContain("sms_deliverable=false");
        projected.ShouldContain("complaint_count=1");
        projected.ShouldContain("last_click_at=null");

        await log.AppendAsync(
            [TestWebhooks.Request(Outcome(workspace, "3", OutcomeMetrics.Clicked, minutesAgo: 1, customer: "ann"))],
            default
        );
        var clicked = await FieldsAsync(workspace);
        clicked.ShouldContain("last_click_at=2026-11-21T08:59:00Z");
        clicked.ShouldContain("complaint_count=1");
    }

    private static PendingEvent Outcome(
        TestWorkspace workspace,
        string id,
        string metric,
        int minutesAgo,
        string? customer = null,
        string? email = null
    )
    {
        var at = TestWorkspace.Start.AddMinutes(-minutesAgo);
        var outcome = new MessageOutcomeRecorded(at, "test", OutcomeChannels.Email, metric)
        {
            Failure = metric == OutcomeMetrics.Bounced ? DeliveryFailure.Hard : default,
        };
        return workspace.Webhooks.Event("outcome " + id, outcome, at, customer, email);
    }

    private static async Task<List<string>> FieldsAsync(TestWorkspace workspace)
    {
        var alias = workspace.Webhooks.Alias(IdentifierKind.CustomerId, "ann");
        var (facts, audiences) = await DecisionHistoryTests.Open(workspace).ReadAsync(new NamedAliases([alias]), [], default);
        return DecisionHistoryTests.Describe(Decision.Of(facts, audiences, DecisionFields.All));
    }
}
