using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Outcomes;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Exposures;

/// <summary>
/// The exposure log of a whole Host: from webhooks, reports and deliveries to the address, the person's export and erasure.
/// </summary>
public sealed class ExposureSurfaceTests
{
    private readonly OffsetClock _clock = new(Sample.Now);

    [Fact]
    public async Task What_happens_to_a_person_is_in_the_log_once_and_after_an_erasure_nothing_leads_to_them()
    {
        await using var host = await StartAsync();
        await host.SendEventAsync("ann", "ann@example.com");
        await host.SendEventAsync("ann", word: "exposure");
        (await host.StatusOfAsync(Report("ann", "clicked"))).ShouldBe("accepted");
        await host.WaitUntilQuietAsync();
        await host.SendEventAsync("ann", word: "audience_remove", minutes: 1);
        await host.WaitUntilQuietAsync();
        await WaitAsync(host);

        var rows = await RowsAsync(host);
        rows.Select(row => row.GetProperty("kind").GetString())
            .ShouldBe(
                ["eligible", "exposed", "message_clicked", "sent", "acknowledged", "ineligible", "removed_sent", "removed_acknowledged"],
                ignoreOrder: true
            );
        rows.Select(row => row.GetProperty("person_key").GetString()).Distinct().Count().ShouldBe(1);
        var acknowledged = rows.Single(row => row.GetProperty("kind").GetString() == "acknowledged");
        acknowledged.GetProperty("destination").GetString().ShouldNotBeNull();
        acknowledged.GetProperty("remote_audience_id").GetString().ShouldBe(TestHost.Remote(0));
        acknowledged.GetProperty("latency_ms").ValueKind.ShouldBe(JsonValueKind.Number);
        rows.Select(row => row.GetProperty("position").GetInt64()).ShouldBe(Enumerable.Range(1, rows.Count).Select(n => (long)n));
        (await RowsAsync(host, since: rows.Count - 2)).Count.ShouldBe(2);
        (await host.ScalarAsync<long>("select count(*) from exposure_person_links")).ShouldBe(1);
        (await host.ScalarAsync<string>("select end_reason from exposure_spells where was_acknowledged and not open")).ShouldBe(
            "journey_remove"
        );

        var export = await host.AskAsync("/v1/people/export", new { customer_id = "ann" });
        export.Json.GetProperty("exposures").GetArrayLength().ShouldBe(rows.Count);

        var erasure = (await host.EraseAsync(new { customer_id = "ann" })).Id();
        await host.ErasedAsync(erasure, () => _clock.Advance(TimeSpan.FromSeconds(30)));
        (await host.ScalarAsync<long>("select count(*) from exposure_person_links")).ShouldBe(0, "gone with the erasure itself");
        await WaitAsync(host);
        var last = (await RowsAsync(host, since: rows.Count)).ConvertAll(row => row.GetProperty("kind").GetString());
        last.ShouldBe(["suppressed", "erased"]);
        (await host.ScalarAsync<long>("select count(*) from exposure_people where customer is not null or not erased")).ShouldBe(0);
    }

    [Fact]
    public async Task A_workspace_without_the_section_answers_so_and_a_short_key_is_refused()
    {
        await using var host = await TestHost.StartAsync();
        using var answer = await host.Operator.GetAsync("/v1/exposures");
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Answer.ReadAsync(answer)).Code.ShouldBe("exposures_off");
        (await host.ScalarAsync<long>("select count(*) from leases where name = 'exposures'")).ShouldBe(0);
    }

    private Task<TestHost> StartAsync()
    {
        var reporting = ReportingStage.Options(new TestHostOptions { Clock = _clock });
        return TestHost.StartAsync(WithExposures(reporting));
    }

    /// <summary>The options with an exposure log.</summary>
    internal static TestHostOptions WithExposures(TestHostOptions options) =>
        options with
        {
            Secrets = options
                .Secrets.Append(new("exposure-link.key", LinkKey))
                .ToDictionary(secret => secret.Key, secret => secret.Value, StringComparer.Ordinal),
            Yaml = yaml =>
                options
                    .Yaml(yaml)
                    .Replace(
                        "  default:\n",
                        "  default:\n    exposures: { link_key: { file: exposure-link.key } }\n",
                        StringComparison.Ordinal
                    ),
        };

    internal const string LinkKey = "key-of-the-links-that-the-tenant-holds-too";

    /// <summary>Waits until everything was read.</summary>
    internal static Task WaitAsync(TestHost host) =>
        Deadline.UntilAsync(
            async () =>
                await host.ScalarAsync<bool>(
                    """
                    select coalesce((select position from exposure_cursors where stream = 'log'), 0) = (select max(seq_id) from mt_events)
                      and not exists (select from deliveries d where d.delivery_id > coalesce((
                        select position from exposure_cursors c where c.stream = 'deliveries/' || d.destination), 0))
                      and not exists (select from exposure_people where links_due)
                    """
                ),
            () => "the exposure log\n" + string.Join('\n', host.LogLines.TakeLast(40))
        );

    private string Report(string customer, string metric) =>
        ReportingStage.Report("email", metric, ReportingStage.Id(1), _clock.GetUtcNow(), ReportingStage.Person(customer));

    private static async Task<List<JsonElement>> RowsAsync(TestHost host, long since = 0)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/exposures?since={since}");
        request.Headers.Add("Accept-Encoding", "gzip");
        using var response = await host.Operator.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        response.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        await using var zipped = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var content = new MemoryStream();
        await zipped.CopyToAsync(content);
        var text = Encoding.UTF8.GetString(content.ToArray());
        using var plain = await host.Operator.GetAsync($"/v1/exposures?since={since}");
        (await plain.Content.ReadAsStringAsync()).ShouldBe(text);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.Clone())];
    }
}
