using System.Diagnostics.Metrics;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Telemetry;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>
/// For all routes: a query parameter that is undeclared, duplicate or unreadable causes a refusal; nothing falls back to a default.
/// </summary>
public sealed class ParameterTests(RouteHost given) : IClassFixture<RouteHost>
{
    private static readonly string Long = new('x', 201);

    [Theory]
    [InlineData("?x=1")]
    [InlineData("?=1")]
    [InlineData("?x")]
    [InlineData("?Workspace=default")]
    [InlineData("?workspace%00=default")]
    [InlineData("?workspace%20=default")]
    [InlineData("?%ff=1")]
    [InlineData("?workspace=default&x=1")]
    public async Task An_unknown_parameter_is_refused_on_every_route_but_webhooks(string query)
    {
        foreach (var route in given.Routes.Where(route => !route.IsWebhook))
        {
            var answer = await given.Memory.SendAsync(route.Request(query));
            (answer.Status, answer.Code).ShouldBe((400, "unknown_parameter"), $"{route}{query}");
        }
    }

    [Fact]
    public async Task A_duplicate_or_unreadable_parameter_is_refused_on_every_route()
    {
        string[] unreadable = ["", Long, "%00", "a%00b", "%ff", "%C3%28", "%ED%A0%80", "a%0Ab"];
        foreach (var route in given.Routes.Where(route => !route.IsWebhook))
        {
            foreach (var parameter in route.Parameters.Select(parameter => parameter.Name).Distinct())
            {
                var queries = unreadable
                    .Select(value => $"?{parameter}={value}")
                    .Concat([
                        $"?{parameter}",
                        $"?{parameter}=default&{parameter}=default",
                        $"?{parameter}=true&{parameter}=",
                        $"?{parameter}=a&{parameter.ToUpperInvariant()}=b",
                    ]);
                foreach (var query in queries)
                {
                    var answer = await given.Memory.SendAsync(route.Request(query));
                    answer.Status.ShouldBe(400, $"{route}{query}: {answer.Text}");
                    answer.Code.ShouldBeOneOf("invalid_parameter", "invalid_limit", "invalid_moment", "invalid_mode", "unknown_parameter");
                    answer.Text.ShouldNotContain("default&");
                }
            }
        }
    }

    [Fact]
    public async Task A_parameter_in_the_wrong_format_is_refused_on_every_route_that_has_it()
    {
        var wrong = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["lift"] = ["True", "TRUE", "yes", "1", "0", "on", "true%20", "false,true"],
            ["dry_run"] = ["True", "yes", "1", "2"],
            ["body"] = ["True", "yes", "1"],
            ["limit"] = ["0", "1001", "-1", "%2B1", "1.0", "1e2", "many", "%201", "99999999999"],
            ["after"] = ["nobody", "00000000000000000000000000000000", "{0198c0de-0000-7000-8000-000000000001}"],
            ["before"] = ["-1", "1.5", "first", "99999999999999999999"],
            ["after_call"] = ["-1", "last"],
            ["default_country"] = ["gb", "GBR", "G", "44", "G%20"],
            ["delimiter"] = ["", "x", "commas", ",,", "Comma", "%22"],
            ["mode"] = ["Happened", "guessed"],
            ["at"] =
            [
                "yesterday",
                "2026",
                "12:30",
                "1/2/2026",
                "2026-13-01",
                "2026-01-01T25:00Z",
                "1764426249",
                "2026-11-21T17:00:00+01:00",
            ],
            ["from"] = ["yesterday"],
            ["to"] = ["tomorrow"],
        };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var route in given.Routes.Where(route => !route.IsWebhook))
        {
            foreach (var name in route.Parameters.Select(parameter => parameter.Name).Distinct().Where(wrong.ContainsKey))
            {
                seen.Add(name);
                foreach (var value in wrong[name])
                {
                    var answer = await given.Memory.SendAsync(route.Request($"?{name}={value}"));
                    answer.Status.ShouldBe(400, $"{route}?{name}={value}: {answer.Text}");
                }
            }
        }

        seen.ShouldBe(wrong.Keys, ignoreOrder: true);
    }

    [Theory]
    [InlineData("?workspace=other&workspace=other")]
    [InlineData("?workspace=")]
    [InlineData("?destination=meta_main&destination=meta_main")]
    [InlineData("?destination=")]
    [InlineData("?lift=True")]
    [InlineData("?lift=yes")]
    [InlineData("?lift=true&lift=true")]
    [InlineData("?default_country=gb")]
    [InlineData("?reason=%00")]
    [InlineData("?workspace=LONG")]
    [InlineData("?destination=LONG")]
    public async Task A_list_with_unusable_parameters_suppresses_no_one(string query)
    {
        query = query.Replace("LONG", Long, StringComparison.Ordinal);
        var before = await EventsAsync();
        using var content = new StringContent("email\nann@example.com\n", System.Text.Encoding.UTF8, "text/csv");
        using var response = await given.Memory.Operator.PostAsync("/v1/people/suppressions/list" + query, content);
        var answer = await Answer.ReadAsync(response);
        (answer.Status, answer.Code).ShouldBe((400, "invalid_parameter"));
        (await EventsAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("/v1/people/suppressions?workspace=")]
    [InlineData("/v1/people/suppressions/lift?workspace=default&workspace=default")]
    [InlineData("/v1/people/consent?default_country=")]
    public async Task A_single_person_is_not_suppressed_with_an_unusable_parameter_either(string path)
    {
        var before = await EventsAsync();
        using var response = await given.Memory.Operator.PostAsync(
            path,
            Route.Json("""{"customer_id":"ann","consent":{"ad_user_data":"denied"}}""")
        );
        (await Answer.ReadAsync(response)).Status.ShouldBe(400);
        (await EventsAsync()).ShouldBe(before);
    }

    [Theory]
    [InlineData("/v1/webhooks/audience?utm=1&workspace=&workspace=x&%ff", 3)]
    [InlineData("/v1/webhooks/audience/?x=1", 1)]
    [InlineData("/v1/webhooks/batch?x=1&y=2", 2)]
    public async Task A_webhook_with_parameters_is_accepted_and_they_are_counted(string path, int parameters)
    {
        var ignored = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter == given.Memory.Counters.Meter && instrument.Name == "audiencesync_ingest_ignored_parameters")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, counted, _, _) => Interlocked.Add(ref ignored, counted));
        listener.Start();
        using var request = Webhook.Signed(Sample.Event().ToJsonString());
        request.RequestUri = new Uri(path, UriKind.Relative);
        (await given.Memory.SendAsync(request)).Status.ShouldBe(200);
        Interlocked.Read(ref ignored).ShouldBe(parameters);
    }

    [Theory]
    [InlineData("%zz")]
    [InlineData("%")]
    [InlineData("%4")]
    public async Task Invalid_percent_encoding_is_refused(string value)
    {
        using var connection = await RawConnection.OpenAsync(given.Port);
        await connection.TrySendAsync(
            $"GET /v1/status?workspace={value} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: "
                + $"Bearer {TestHostFiles.OperatorToken}\r\n\r\n"
        );
        var answer = await connection.ReadAsync();
        answer.ShouldStartWith("HTTP/1.1 400");
        answer.ShouldContain("invalid_parameter");
    }

    private Task<long> EventsAsync() => given.Memory.ScalarAsync<long>("select count(*) from mt_events where type like 'person%'");
}
