using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.Decisions;

/// <summary>The log of decisions: complete, without identifiers, dropped by age.</summary>
public sealed class DecisionLogTests
{
    private const string Canary = "canary.of.decisions@example.com";

    [Fact]
    public async Task Decisions_are_counted_by_source_and_audience_and_nothing_in_the_log_is_about_a_person()
    {
        await using var host = await TestHost.StartAsync(DecisionHost.Options("decisions: {}"));
        var person = new JsonObject { ["email"] = Canary, ["customer_id"] = Canary };
        await host.AcceptAsync(DecisionStage.Event(host, "audience_add", person));
        for (var n = 0; n < 4; n++)
        {
            await host.DecideAsync(person, "high_intent_cart_7d", "winback_45d", "canary_of_a_name");
        }

        await host.DecideAsync(new JsonObject { ["customer_id"] = Canary + "x" }, "winback_45d");
        await host.SendAsync(
            Webhook.Request(DecisionStage.Event(host, "audience_add", person).ToJsonString(), TestHostFiles.UnsignedToken)
        );
        await Deadline.UntilAsync(
            async () => await host.ScalarAsync<long>("select count(*) from decisions") == 6,
            () => "six decisions in the log"
        );

        var from = Uri.EscapeDataString(host.Clock.GetUtcNow().AddHours(-1).ToString("O"));
        var counts = await host.GetAsync($"/v1/decisions/counts?from={from}");
        Rows(counts, "sources", "source", "via", "decisions", "fallbacks", "unknown_people")
            .ShouldBe(["signed question 5 0 1", "unsigned webhook_response 1 0 0"]);
        Rows(counts, "audiences", "source", "audience", "answered", "present")
            .ShouldBe([
                "signed high_intent_cart_7d 4 4",
                "signed winback_45d 5 0",
                "unsigned high_intent_cart_7d 1 1",
                "unsigned post_purchase_14d 1 0",
                "unsigned winback_45d 1 0",
            ]);
        (await host.ScalarAsync<long>("select sum(unknown) from decisions")).ShouldBe(4);
        var rows = await host.ScalarAsync<string>("select string_agg(d::text, ' ') from decisions d");
        rows.ShouldNotContain("canary");
        host.LogLines.ShouldAllBe(line => !line.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Days_past_their_retention_are_dropped_and_a_full_log_loses_what_does_not_fit()
    {
        await using var workspace = await TestWorkspace.CreateAsync(TimeSpan.FromDays(7));
        var store = new DecisionLogStore(workspace.Database, workspace.Clock, NullLogger<DecisionLogStore>.Instance);
        var log = new DecisionLog(store, null, workspace.Clock, NullLogger<DecisionLog>.Instance);
        for (var n = 0; n <= DecisionLog.MostWaiting; n++)
        {
            log.Add(Record(workspace.Clock.GetUtcNow()));
        }

        await log.FlushAsync(default);
        (await workspace.AskAsync<long>("select count(*) from decisions")).ShouldBe(DecisionLog.MostWaiting);
        workspace.Clock.Advance(TimeSpan.FromDays(DecisionLogStore.RetentionDays));
        await store.EnsureAsync(default);
        (await workspace.AskAsync<long>("select count(*) from decisions")).ShouldBe(DecisionLog.MostWaiting, "the last day still counts");
        workspace.Clock.Advance(TimeSpan.FromDays(1));
        await store.EnsureAsync(default);
        (await workspace.AskAsync<long>("select count(*) from decisions")).ShouldBe(0);
    }

    private static DecisionRecord Record(DateTimeOffset at) =>
        new(
            at,
            "signed",
            DecisionVia.Question,
            DecisionOutcome.Answered,
            true,
            TimeSpan.FromMilliseconds(1),
            Domain.Decisions.DecisionFields.All,
            ["a", "b"],
            [],
            0
        );

    private static List<string> Rows(JsonElement counts, string list, params string[] columns) =>
        [.. counts.GetProperty(list).EnumerateArray().Select(row => string.Join(' ', columns.Select(column => row.GetProperty(column))))];
}
