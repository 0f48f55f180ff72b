using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Alerts;
using AudienceSync.Host.Tests.Decisions;
using AudienceSync.Host.Tests.Exposures;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Outcomes;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Privacy;

/// <summary>
/// A canary in every field of webhooks and of operators' request bodies, and every secret, through success, refusal, quarantine, every
/// platform fault and a storage outage. All are searched for in every log line, every response except the export, every metric, every
/// table, and the output of the database server. The faults and secrets of the other platforms: <see cref="PlatformCanaryTests"/>.
/// </summary>
public sealed class CanaryTests
{
    private static readonly string[] Kinds =
    [
        "delay",
        "drop_before",
        "drop_after",
        "throttle",
        "server_error",
        "html_error",
        "error_in_200",
        "invalid_rows",
        "partial",
        "silent_drop",
        "human_edit",
        "replace_running",
        "token_expired",
        "ban",
        "terms_not_accepted",
        "flagged",
        "list_deleted",
    ];

    [Fact]
    public async Task No_canary_and_no_secret_is_in_a_log_a_response_a_metric_or_a_table_under_any_fault()
    {
        await using var mail = MailServer.Start();
        var reporting = ExposureSurfaceTests.WithExposures(
            ReportingStage.Options(new TestHostOptions { Audiences = [.. Kinds.Select(kind => new TestAudience("canary_of_" + kind, 7))] })
        );
        await using var stage = await CanaryStage.StartAsync(
            AlertStage.Options(reporting, mail.Port, "      weekly_digest: { channels: [ mail ], day: saturday, hour: 10 }")
        );
        await AlertStage.CreateAccountsAsync(stage.Host.Sandbox.Admin);
        await RefuseAsync(stage);
        await ReportAsync(stage);
        await FailAtPlatformAsync(stage);
        await OperateAsync(stage);
        await DecideAsync(stage);
        await AlertAsync(stage, mail);
        await ExposureSurfaceTests.WaitAsync(stage.Host);
        await stage.ReadAsync("/v1/exposures");
        await stage.ReadAsync("/v1/doctor");
        await LoseStorageAsync(stage);

        await stage.ShouldHoldNoneAsync(Canaries.Person().Union(Canaries.Secrets()), leastAnswers: 80);
        stage
            .Host.LogLines.Count(line =>
                line.StartsWith("Warning AudienceSync", StringComparison.Ordinal)
                || line.StartsWith("Error AudienceSync", StringComparison.Ordinal)
            )
            .ShouldBeGreaterThanOrEqualTo(Kinds.Length - 3, "each call that failed is logged");
    }

    private static async Task RefuseAsync(CanaryStage stage)
    {
        foreach (
            var field in new[] { "event", "event_id", "audience_key", "occurred_at", "schema_version", "person", "consent", "context" }
        )
        {
            foreach (
                var wrong in new JsonNode[]
                {
                    Canaries.Email,
                    new JsonObject { [Canaries.Email] = Canaries.Fields()["customer_id"]!.DeepClone() },
                    new JsonArray(Canaries.Email),
                }
            )
            {
                var sample = CanaryStage.Webhook("canary_of_delay", "refused");
                sample[field] = wrong;
                await stage.SendAsync(sample.ToJsonString());
            }
        }

        foreach (var field in Canaries.Fields().Select(one => one.Key))
        {
            var sample = CanaryStage.Webhook("canary_of_delay", "refused");
            sample["person"]![field] = new JsonArray(Canaries.Email);
            await stage.SendAsync(sample.ToJsonString());
            sample["person"]![field] = new string('x', 5_000) + Canaries.Email;
            await stage.SendAsync(sample.ToJsonString());
        }

        await stage.SendAsync("{\"" + Canaries.Email + "\": ");
        await stage.SendAsync(CanaryStage.Webhook("nobody_published", "quarantined").ToJsonString());
        foreach (var token in new[] { Canaries.Email, TestHostFiles.SigningKey, TestHostFiles.OperatorToken })
        {
            stage.Keep(await stage.Host.SendAsync(Webhook.Request(CanaryStage.Webhook("canary_of_delay", "token").ToJsonString(), token)));
        }

        stage.Keep(await stage.Host.SendAsync(Webhook.Request("{}", TestHostFiles.SignedToken).With("1", TestHostFiles.SigningKey)));
    }

    // Every shape of a report, with a canary in every text, and wherever else a sender could write one.
    private static async Task ReportAsync(CanaryStage stage)
    {
        var random = new Random(1);
        var person = ReportingStage.Person(Canaries.Customer("reported"), Canaries.Email);
        foreach (var (index, (channel, metric)) in ReportShapes.All.Index())
        {
            var data = ReportShapes.Data(channel, metric, Canaries.Email, random);
            data["subject"] = Canaries.Customer("subject");
            data["delivery_id"] = Canaries.Customer("delivery");
            data["headers"] = new JsonObject { ["To"] = new JsonArray(Canaries.Email) };
            data["campaign_id"] = Canaries.Email;
            if (metric == "cio_subscription_preferences_changed")
            {
                data["content"] =
                    $$$"""{"topics":{"{{{Canaries.Email}}}":true,"topic_1":false},"channels":{"email":"{{{Canaries.Email}}}"}}""";
            }

            stage.Keep(
                await stage.Host.SendAsync(
                    ReportingStage.Report(channel, metric, ReportingStage.Id(index), stage.Clock.GetUtcNow(), person, data)
                )
            );
        }

        foreach (
            var report in new[]
            {
                ReportingStage.Report("email", Canaries.Email, Canaries.Email, stage.Clock.GetUtcNow(), person),
                ReportingStage.Report(Canaries.Email, "sent", Canaries.Email, stage.Clock.GetUtcNow(), person),
                $$$"""{"metric":"sent","data":{"recipient":"{{{Canaries.Email}}}"}}""",
                $$"""{"{{Canaries.Email}}": """,
            }
        )
        {
            stage.Keep(await stage.Host.SendAsync(report));
        }

        stage.Keep(
            await stage.Host.SendAsync(ReportingStage.Request(Encoding.UTF8.GetBytes(Canaries.Email), key: TestHostFiles.SigningKey))
        );
        await stage.Host.ProjectedAsync();
    }

    private static async Task FailAtPlatformAsync(CanaryStage stage)
    {
        foreach (var (index, kind) in Kinds.Index())
        {
            object rule =
                kind == "delay"
                    ? new
                    {
                        kind,
                        audience = TestHost.Remote(index),
                        count = 1,
                        delay_ms = 1,
                    }
                    : new
                    {
                        kind,
                        audience = TestHost.Remote(index),
                        count = 1,
                    };
            await stage.Host.Sandbox.FaultAsync(rule);
            await stage.SendAsync(CanaryStage.Webhook("canary_of_" + kind, kind).ToJsonString());
            var remote = TestHost.Remote(index);
            await stage.Host.UntilAsync(
                async () =>
                    JsonSerializer.SerializeToElement(
                        await stage.Host.ScalarAsync<long>(
                            $"select count(*) from calls c join bindings b on b.binding_id = c.binding_id where b.remote = '{remote}'"
                        )
                    ),
                calls => calls.GetInt64() > 0,
                stage.Later
            );
            await stage.AskAsync("/v1/destinations/meta_main/resume", "{}");
            await stage.ReadAsync("/v1/status");
        }
    }

    private static async Task OperateAsync(CanaryStage stage)
    {
        foreach (var path in new[] { "consent", "suppressions", "suppressions/lift", "erasures", "export" })
        {
            foreach (
                var body in new[]
                {
                    "{\"" + Canaries.Email,
                    "[\"" + Canaries.Email + "\"]",
                    new JsonObject { ["email"] = new JsonArray(Canaries.Email) }.ToJsonString(),
                    new JsonObject { ["country"] = Canaries.Email, ["phone"] = Canaries.Email }.ToJsonString(),
                }
            )
            {
                await stage.AskAsync("/v1/people/" + path, body);
            }
        }

        var person = Canaries.Fields();
        person["customer_id"] = Canaries.Customer("throttle");
        person["reason"] = "on request";
        await stage.AskAsync("/v1/people/suppressions", person.ToJsonString());
        await stage.AskAsync("/v1/people/suppressions/lift", person.ToJsonString());
        person["consent"] = new JsonObject { ["ad_user_data"] = "granted" };
        await stage.AskAsync("/v1/people/consent", person.ToJsonString());
        await stage.AskAsync(
            "/v1/people/suppressions/list",
            $"email,customer_id\n{Canaries.Email},\n\"broken {Canaries.Email}\n",
            "text/csv"
        );
        await stage.AskAsync("/v1/people/suppressions/list", $"{Canaries.Email},customer_id\n1,2\n", "text/csv");
        var named = new JsonObject { ["customer_id"] = Canaries.Customer("server_error") }.ToJsonString();
        await stage.AskAsync("/v1/members/lookup", named);
        using (var body = new StringContent(named, Encoding.UTF8, "application/json"))
        using (var export = await stage.Host.Operator.PostAsync("/v1/people/export", body))
        {
            (await export.Content.ReadAsStringAsync()).ShouldContain(
                Canaries.Customer("server_error"),
                customMessage: "the only response that may contain it"
            );
        }

        await stage.AskAsync("/v1/people/erasures", named);
        await stage.SendAsync(CanaryStage.Webhook("canary_of_delay", "server_error").ToJsonString());
        foreach (
            var path in new[]
            {
                "/v1/people/erasures",
                "/v1/quarantine",
                "/v1/audiences",
                "/v1/audiences/canary_of_delay_v1/members",
                "/v1/status",
            }
        )
        {
            await stage.ReadAsync(path);
        }
    }

    private static async Task DecideAsync(CanaryStage stage)
    {
        var person = Canaries.Fields().ToJsonString();
        foreach (
            var body in new[]
            {
                $"{{\"person\":{person}}}",
                $"{{\"person\":{person},\"audiences\":[\"{Canaries.Email}\"]}}",
                $"{{\"person\":\"{Canaries.Email}\"}}",
                "{\"" + Canaries.Email,
            }
        )
        {
            stage.Keep(await stage.Host.DecideAsync(body));
        }
    }

    // Whatever failed above, and whatever it was about.
    private static async Task AlertAsync(CanaryStage stage, MailServer mail)
    {
        await stage.Host.UntilAsync(
            () => stage.Host.GetAsync("/v1/alerts"),
            view => view.GetProperty("notices").GetArrayLength() > 1 && mail.Mails.Count > 1,
            stage.Later
        );
        await stage.AskAsync("/v1/alerts/silences", $$"""{"rule":"{{Canaries.Email}}","until":"2026-11-22T00:00:00Z"}""");
        await stage.AskAsync("/v1/alerts/test", $$"""{"channel":"{{Canaries.Email}}"}""");
        await stage.AskAsync("/v1/alerts/test", """{"channel":"slack"}""");
        await stage.ReadAsync("/v1/alerts");
        var canaries = Canaries.Person().Union(Canaries.Secrets());
        foreach (var path in new[] { "/admin/slack/ops", "/admin/pagerduty/ops" })
        {
            var seen = "";
            await Deadline.UntilAsync(
                async () => (seen = await stage.Host.Sandbox.Admin.GetStringAsync(path)).Contains("meta_main", StringComparison.Ordinal),
                () => $"an alert about the destination in {seen}"
            );
            canaries.In(seen).ShouldBeEmpty(path);
        }

        await stage.Host.UntilAsync(
            () => stage.Host.GetAsync("/v1/alerts"),
            _ => mail.Mails.Any(one => one.Subject!.StartsWith("[DIGEST]", StringComparison.Ordinal)),
            stage.Later
        );
        mail.Mails.SelectMany(one => canaries.In(one.ToString())).ShouldBeEmpty("people read mail");
    }

    private static async Task LoseStorageAsync(CanaryStage stage)
    {
        await using var outage = await Outage.StartAsync(stage.Host.Database);
        await DecideAsync(stage);
        await stage.SendAsync(CanaryStage.Webhook("canary_of_delay", "lost").ToJsonString());
        foreach (var path in new[] { "/v1/members/lookup", "/v1/people/export", "/v1/people/erasures", "/v1/people/suppressions" })
        {
            await stage.AskAsync(path, new JsonObject { ["email"] = Canaries.Email }.ToJsonString());
        }
    }
}
