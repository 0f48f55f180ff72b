using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Storage.Embedded;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Storage.Embedded;
using Npgsql;

namespace AudienceSync.Host.Tests.Privacy;

/// <summary>
/// A canary in every field of webhooks and of operators' bodies, and every secret, through success, refusal, quarantine, every fault of the platform and
/// storage that is away: looked for in every log line, every answer but the export, every metric, every table, and what the database server wrote.
/// </summary>
public sealed class CanaryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly OffsetClock _clock = new(Sample.Now);
    private readonly List<string> _answers = [];

    private static readonly string[] Kinds =
    [
        "delay", "drop_before", "drop_after", "throttle", "server_error", "html_error", "error_in_200", "invalid_rows", "partial", "silent_drop", "human_edit",
        "replace_running", "token_expired", "ban", "terms_not_accepted", "flagged", "list_deleted",
    ];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_canary_and_no_secret_is_in_a_log_an_answer_a_metric_or_a_table_whatever_goes_wrong()
    {
        using var metrics = new MetricCapture();
        await using var server = await Clusters.StartAsync(_folder.Below("pg"));
        await ExecuteAsync(server, "create database canaries");
        await using var host = await TestHost.StartAsync(new TestHostOptions
        {
            Clock = _clock,
            Database = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "canaries" }.ConnectionString,
            Audiences = [.. Kinds.Select(kind => new TestAudience("canary_of_" + kind, 7))],
        });
        await RefuseAsync(host);
        await FailAtPlatformAsync(host);
        await OperateAsync(host);
        await LoseStorageAsync(host);
        await host.StopAsync();

        var canaries = Canaries.Person().Union(Canaries.Secrets());
        Canaries.Person().In(Webhook("any", "any").ToJsonString()).Count().ShouldBe(12, "or the search finds nothing that is there");
        host.LogLines.Count(line => line.StartsWith("Warning AudienceSync", StringComparison.Ordinal) || line.StartsWith("Error AudienceSync", StringComparison.Ordinal))
            .ShouldBeGreaterThanOrEqualTo(Kinds.Length - 3, "each call that failed is logged");
        host.LogLines.Count.ShouldBeGreaterThan(100, "or nothing was captured");
        host.LogLines.Where(line => canaries.In(line).Any()).ShouldBeEmpty();
        _answers.Count.ShouldBeGreaterThan(80);
        _answers.Where(answer => canaries.In(answer).Any()).ShouldBeEmpty();
        metrics.Seen.ShouldContain(seen => seen.StartsWith("audiencesync_ingest_events", StringComparison.Ordinal));
        metrics.Seen.Where(seen => canaries.In(seen).Any()).ShouldBeEmpty();
        canaries.InFiles(_folder.Below("pg"), IsLog).ShouldBeEmpty("what the server says is read by people");
        Directory.EnumerateFiles(_folder.Path, "*.log", SearchOption.AllDirectories).ShouldNotBeEmpty("or the server's log was not there");
        canaries.In((await DatabaseText.ReadAsync(host)).Text).ShouldBeEmpty();
    }

    private static bool IsLog(string file) => file.EndsWith(".log", StringComparison.Ordinal);

    private async Task RefuseAsync(TestHost host)
    {
        foreach (var field in new[] { "event", "event_id", "audience_key", "occurred_at", "schema_version", "person", "consent", "context" })
        {
            foreach (var wrong in new JsonNode[] { Canaries.Email, new JsonObject { [Canaries.Email] = Canaries.Fields()["customer_id"]!.DeepClone() }, new JsonArray(Canaries.Email) })
            {
                var sample = Webhook("canary_of_delay", "refused");
                sample[field] = wrong;
                await SendAsync(host, sample.ToJsonString());
            }
        }

        foreach (var field in Canaries.Fields().Select(one => one.Key))
        {
            var sample = Webhook("canary_of_delay", "refused");
            sample["person"]![field] = new JsonArray(Canaries.Email);
            await SendAsync(host, sample.ToJsonString());
            sample["person"]![field] = new string('x', 5_000) + Canaries.Email;
            await SendAsync(host, sample.ToJsonString());
        }

        await SendAsync(host, "{\"" + Canaries.Email + "\": ");
        await SendAsync(host, Webhook("nobody_published", "quarantined").ToJsonString());
        foreach (var token in new[] { Canaries.Email, TestHostFiles.SigningKey, TestHostFiles.OperatorToken })
        {
            Keep(await host.SendAsync(Serving.Webhook.Request(Webhook("canary_of_delay", "token").ToJsonString(), token)));
        }

        Keep(await host.SendAsync(Serving.Webhook.Request("{}", TestHostFiles.SignedToken).With("1", TestHostFiles.SigningKey)));
    }

    private async Task FailAtPlatformAsync(TestHost host)
    {
        foreach (var (index, kind) in Kinds.Index())
        {
            object rule = kind == "delay"
                ? new { kind, audience = TestHost.Remote(index), count = 1, delay_ms = 1 }
                : new { kind, audience = TestHost.Remote(index), count = 1 };
            await host.Sandbox.FaultAsync(rule);
            await SendAsync(host, Webhook("canary_of_" + kind, kind).ToJsonString());
            var remote = TestHost.Remote(index);
            await host.UntilAsync(
                async () => JsonSerializer.SerializeToElement(await host.ScalarAsync<long>(
                    $"select count(*) from calls c join bindings b on b.binding_id = c.binding_id where b.remote = '{remote}'")),
                calls => calls.GetInt64() > 0,
                Later);
            await AskAsync(host, "/v1/destinations/meta_main/resume", "{}");
            Keep(await ReadAsync(host, "/v1/status"));
        }
    }

    private async Task OperateAsync(TestHost host)
    {
        foreach (var path in new[]
        {
            "consent", "suppressions", "suppressions/lift", "erasures", "export",
        })
        {
            foreach (var body in new[] { "{\"" + Canaries.Email, "[\"" + Canaries.Email + "\"]", new JsonObject { ["email"] = new JsonArray(Canaries.Email) }.ToJsonString(), new JsonObject { ["country"] = Canaries.Email, ["phone"] = Canaries.Email }.ToJsonString() })
            {
                await AskAsync(host, "/v1/people/" + path, body);
            }
        }

        var person = Canaries.Fields();
        person["customer_id"] = Canaries.Customer("throttle");
        person["reason"] = "he asked";
        await AskAsync(host, "/v1/people/suppressions", person.ToJsonString());
        await AskAsync(host, "/v1/people/suppressions/lift", person.ToJsonString());
        person["consent"] = new JsonObject { ["ad_user_data"] = "granted" };
        await AskAsync(host, "/v1/people/consent", person.ToJsonString());
        await AskAsync(host, "/v1/people/suppressions/list", $"email,customer_id\n{Canaries.Email},\n\"broken {Canaries.Email}\n", "text/csv");
        await AskAsync(host, "/v1/people/suppressions/list", $"{Canaries.Email},customer_id\n1,2\n", "text/csv");
        var named = new JsonObject { ["customer_id"] = Canaries.Customer("server_error") }.ToJsonString();
        await AskAsync(host, "/v1/members/lookup", named);
        using (var export = await host.Operator.PostAsync("/v1/people/export", Json(named)))
        {
            (await export.Content.ReadAsStringAsync()).ShouldContain(Canaries.Customer("server_error"), customMessage: "the one answer that may");
        }

        await AskAsync(host, "/v1/people/erasures", named);
        await SendAsync(host, Webhook("canary_of_delay", "server_error").ToJsonString());
        foreach (var path in new[] { "/v1/people/erasures", "/v1/quarantine", "/v1/audiences", "/v1/audiences/canary_of_delay_v1/members", "/v1/status" })
        {
            Keep(await ReadAsync(host, path));
        }
    }

    private async Task LoseStorageAsync(TestHost host)
    {
        await using var outage = await Outage.StartAsync(host.Database);
        await SendAsync(host, Webhook("canary_of_delay", "lost").ToJsonString());
        foreach (var path in new[] { "/v1/members/lookup", "/v1/people/export", "/v1/people/erasures", "/v1/people/suppressions" })
        {
            await AskAsync(host, path, new JsonObject { ["email"] = Canaries.Email }.ToJsonString());
        }
    }

    private static JsonObject Webhook(string audience, string whose)
    {
        var fields = Canaries.Fields();
        fields["customer_id"] = Canaries.Customer(whose);
        var sample = Sample.Of(fields);
        sample["audience_key"] = audience + "_v1";
        sample["unknown_field"] = Canaries.Email;
        sample["context"] = new JsonObject { ["journey"] = "winback", ["unknown"] = Canaries.Email };
        return sample;
    }

    private void Later() => _clock.Advance(TimeSpan.FromSeconds(30));

    private void Keep(Answer answer) => _answers.Add(answer.Text + answer.Headers);

    private async Task SendAsync(TestHost host, string body) => Keep(await host.PostAsync(body));

    private async Task AskAsync(TestHost host, string path, string body, string type = "application/json")
    {
        using var content = Json(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var response = await host.Operator.PostAsync(path, content);
        Keep(await Answer.ReadAsync(response));
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<Answer> ReadAsync(TestHost host, string path)
    {
        using var response = await host.Operator.GetAsync(path);
        return await Answer.ReadAsync(response);
    }

    private static async Task ExecuteAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
