using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Domain;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Reporting;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Outcomes;

/// <summary>The endpoint of reporting webhooks: who may send, and that nothing of a content is ever refused.</summary>
public sealed class ReportingEndpointTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() =>
        _host = await ReportingStage.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public void The_golden_signature_of_the_contract_matches_and_no_other()
    {
        var source = new Source("s", SignatureMode.Required, [new KeyedHash("signing-secret"u8)], "");
        var body = """{"event_id":"abc","object_type":"email","metric":"delivered"}"""u8;
        const string golden = "6f55cf23f9b73a2ff07733fe04421f64ce9ec5e409696edda6b2a80311944230";

        SignatureCheck.Matches(source, golden, "1614265384", body).ShouldBeTrue();
        SignatureCheck.Matches(source, golden, "1614265385", body).ShouldBeFalse();
        SignatureCheck.Matches(source, golden.ToUpperInvariant(), "1614265384", body).ShouldBeFalse();
        SignatureCheck.Matches(source, new[] { golden, golden }, "1614265384", body).ShouldBeFalse();
        SignatureCheck.Matches(source, golden, "1614265384", body[1..]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_report_is_accepted_once_and_is_a_duplicate_for_ever()
    {
        var report = ReportingStage.Report("email", "delivered", "one", Sample.Now, ReportingStage.Person("ann", "ann@example.com"));

        (await _host.StatusOfAsync(report)).ShouldBe("accepted");
        (await _host.StatusOfAsync(report)).ShouldBe("duplicate");
        (await _host.StatusOfAsync(report.Replace("delivered", "bounced"))).ShouldBe("duplicate", "it has the same id");
        (await _host.ScalarAsync<string>("select data::text from mt_events where type = 'message_outcome_recorded'")).ShouldBe(
            """{"metric": "delivered", "source": "cio_reporting", "channel": "email", "occurredAt": "2026-11-21T09:30:00Z"}"""
        );
    }

    [Fact]
    public async Task What_is_damaged_or_names_no_person_is_kept_and_answered_200()
    {
        string[] reports =
        [
            "{",
            "[]",
            "null",
            "",
            """{"metric":"delivered"}""",
            """{"event_id":"abc","object_type":"email","metric":"delivered"}""",
            """{"metric":7,"data":{"identifiers":{"id":"ann"}}}""",
            """{"metric":"ann@example.com","data":{"identifiers":{"id":"ann"}}}""",
            """{"metric":"sent","data":{"customer_id":"","identifiers":{"id":null,"email":null,"cio_id":"d9c106000001"}}}""",
            """{"metric":"sent","data":{"customer_id":"0200000001","identifiers":{"cio_id":"d9c106000001"}}}""",
            """{"metric":"\ud800","data":{"identifiers":{"id":"ann"}}}""",
            """{"metric":"sent","metric":"sent"}""",
        ];
        foreach (var (before, report) in reports.Index())
        {
            (await _host.StatusOfAsync(report)).ShouldBe("kept", report);
            (await _host.StatusOfAsync(report)).ShouldBe("kept", report);
            (await _host.ScalarAsync<long>("select count(*) from quarantine where state = 1 and reason like 'report_%'")).ShouldBe(
                before + 1,
                report
            );
        }

        (await _host.ScalarAsync<long>("select count(*) from mt_events where type = 'message_outcome_recorded'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_time_that_cannot_be_used_is_the_time_of_receipt()
    {
        foreach (
            var (written, expected) in new (string, string?)[]
            {
                ("\"1795000000\"", "2026-11-18T11:06:40Z"),
                ("1795000000", "2026-11-18T11:06:40Z"),
                ("\"abc\"", null),
                ("null", null),
                ("9999999999", null),
            }
        )
        {
            var id = Sample.NewId();
            var report =
                $$$$"""{"event_id":"{{{{id}}}}","timestamp":{{{{written}}}},"metric":"sent","data":{"identifiers":{"id":"ann"}}}""";
            (await _host.StatusOfAsync(report)).ShouldBe("accepted", written);
            var at = DateTimeOffset.Parse(
                await _host.ScalarAsync<string>(
                    "select data->>'occurredAt' from mt_events where type = 'message_outcome_recorded' order by seq_id desc limit 1"
                ),
                CultureInfo.InvariantCulture
            );
            at.ShouldBe(
                expected is null ? Sample.Now : DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture),
                expected is null ? TimeSpan.FromMinutes(2) : TimeSpan.FromTicks(1),
                written
            );
        }
    }

    [Fact]
    public async Task A_missing_malformed_or_wrong_signature_is_401_and_nothing_is_kept()
    {
        var body = Encoding.UTF8.GetBytes(ReportingStage.Report("email", "sent", "x", Sample.Now, ReportingStage.Person("ann")));
        foreach (
            var (change, code) in new (Action<HttpRequestMessage>, string)[]
            {
                (request => request.Headers.Remove("X-CIO-Signature"), "signature_missing"),
                (request => request.Headers.Remove("X-CIO-Timestamp"), "signature_missing"),
                (request => request.Headers.TryAddWithoutValidation("X-CIO-Signature", new string('a', 64)), "signature_missing"),
                (request => Replace(request, "X-CIO-Signature", new string('a', 63)), "signature_wrong"),
                (request => Replace(request, "X-CIO-Signature", new string('A', 64)), "signature_wrong"),
                (request => Replace(request, "X-CIO-Signature", new string('a', 64)), "signature_wrong"),
                (request => Replace(request, "X-CIO-Timestamp", "1614265385"), "signature_wrong"),
                (request => Replace(request, "X-CIO-Timestamp", new string('1', 21)), "invalid_signature_timestamp"),
            }
        )
        {
            var request = ReportingStage.Request(body);
            change(request);
            var answer = await _host.SendAsync(request);
            (answer.Status, answer.Code).ShouldBe((401, code));
        }

        var wrongKey = await _host.SendAsync(ReportingStage.Request(body, TestHostFiles.SigningKey));
        (wrongKey.Status, wrongKey.Code).ShouldBe((401, "signature_wrong"));
        (await _host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(0);
        (await _host.ScalarAsync<long>("select count(*) from mt_events where type = 'message_outcome_recorded'")).ShouldBe(0);
        _host.LogLines.Count(line => line.Contains("no signing key matches", StringComparison.Ordinal)).ShouldBe(1, "one line an hour");

        (await _host.SendAsync(ReportingStage.Request(body))).Status.ShouldBe(200);
        _host.LogLines.ShouldContain(line => line.Contains("are accepted again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_source_is_found_by_its_name_and_another_method_is_405()
    {
        var body = Encoding.UTF8.GetBytes(ReportingStage.Report("email", "sent", "x", Sample.Now, ReportingStage.Person("ann")));
        (await _host.SendAsync(ReportingStage.Request(body, query: "?source=cio_reporting"))).Status.ShouldBe(200);
        foreach (var query in new[] { "?source=signed", "?source=nobody", "?source=a&source=b" })
        {
            var unknown = await _host.SendAsync(ReportingStage.Request(body, query: query));
            (unknown.Status, unknown.Code).ShouldBe((401, "unknown_reporting_source"));
        }

        var get = await _host.SendAsync(new HttpRequestMessage(HttpMethod.Get, ReportingEndpoint.Path));
        (get.Status, get.Code).ShouldBe((405, "method_not_allowed"));
    }

    [Fact]
    public async Task A_stalled_store_is_503_within_three_seconds_and_the_retry_is_the_same_report()
    {
        var report = ReportingStage.Report("email", "sent", "stalled", Sample.Now, ReportingStage.Person("ann"));
        await using (await StalledLog.StartAsync(_host.Database))
        {
            // The deadline itself is tested in virtual time (AnswerDeadlineTests): here it must only end the wait of a report, too, and not
            // the much later time-outs of the store. The rest is for a busy machine.
            var answer = await _host.SendAsync(report).OrTimeoutAsync("the answer", 2 * AnswerDeadline.MaxWait);
            (answer.Status, answer.Code).ShouldBe((503, "storage_slow"));
            answer.Headers.RetryAfter.ShouldNotBeNull();
        }

        (await _host.StatusOfAsync(report)).ShouldBeOneOf("accepted", "duplicate");
        (await _host.ScalarAsync<long>("select count(*) from mt_events where type = 'message_outcome_recorded'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_body_of_one_mebibyte_is_read_and_one_byte_more_is_not()
    {
        var report = ReportingStage.Report("email", "sent", "large", Sample.Now, ReportingStage.Person("ann"));
        var body = Encoding.UTF8.GetBytes(report.PadRight(Limits.BodyBytes));
        (await _host.SendAsync(ReportingStage.Request(body))).Status.ShouldBe(200);
        var larger = await _host.SendAsync(ReportingStage.Request([.. body, (byte)' ']));
        (larger.Status, larger.Code).ShouldBe((413, "body_too_large"));
    }

    [Fact]
    public void No_more_bodies_are_unverified_at_once_than_the_limit()
    {
        var bodies = new UnverifiedBodies();
        var places = Enumerable.Range(0, ReportLimits.UnverifiedBodies).Select(_ => bodies.TryTake().ShouldNotBeNull()).ToList();
        bodies.TryTake().ShouldBeNull();
        places[0].Dispose();
        places[0].Dispose();
        bodies.TryTake().ShouldNotBeNull();
        bodies.TryTake().ShouldBeNull("disposing twice gives one place back");
    }

    [Theory]
    [InlineData("[ 127.0.0.1 ]", 200)]
    [InlineData("[ 10.0.0.0/8, 127.0.0.0/8 ]", 200)]
    [InlineData("[ 35.188.196.183 ]", 403)]
    public async Task A_source_admits_only_the_addresses_that_it_lists(string allowed, int status)
    {
        await using var host = await ReportingStage.StartAsync(
            new TestHostOptions { RealPort = true, Clock = new OffsetClock(Sample.Now) },
            allowFrom: allowed
        );
        var answer = await host.SendAsync(ReportingStage.Report("email", "sent", "x", Sample.Now, ReportingStage.Person("ann")));
        answer.Status.ShouldBe(status, answer.Text);
        if (status == 403)
        {
            answer.Code.ShouldBe("address_not_allowed");
        }
    }

    [Fact]
    public async Task A_source_with_a_token_can_list_its_addresses_too()
    {
        await using var host = await TestHost.StartAsync(
            new TestHostOptions
            {
                RealPort = true,
                Clock = new OffsetClock(Sample.Now),
                Yaml = yaml => yaml.Replace("{ name: unsigned,", "{ name: unsigned, allow_from: [ 10.0.0.0/8 ],", StringComparison.Ordinal),
            }
        );
        var refused = await host.SendAsync(Webhook.Request(Sample.Event().ToJsonString(), TestHostFiles.UnsignedToken));
        (refused.Status, refused.Code).ShouldBe((403, "address_not_allowed"));
        (await host.PostAsync(Sample.Event().ToJsonString())).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "11.1.2.3", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("35.188.196.183", "35.188.196.183", true)]
    [InlineData("35.188.196.183", "35.188.196.184", false)]
    [InlineData("2001:db8::/32", "2001:db8::1", true)]
    [InlineData("2001:db8::/32", "10.1.2.3", false)]
    public void An_address_is_within_a_network_or_not(string network, string address, bool expected)
    {
        var allowed = new AllowedAddresses([AllowedAddresses.Read(network)!.Value]);
        allowed.Allow(IPAddress.Parse(address)).ShouldBe(expected);
        allowed.Allow(null).ShouldBeFalse();
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/x")]
    [InlineData("somewhere")]
    [InlineData("")]
    public void What_is_no_address_is_not_read(string text) => AllowedAddresses.Read(text).ShouldBeNull();

    private static void Replace(HttpRequestMessage request, string header, string value)
    {
        request.Headers.Remove(header);
        request.Headers.TryAddWithoutValidation(header, value);
    }
}
