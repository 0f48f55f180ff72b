using AudienceSync.Host.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

public sealed class RefusalTests(IngestHost given) : IClassFixture<IngestHost>
{
    /// <summary>Refusals that no single request can cause; each has a separate test below.</summary>
    private static readonly IngestProblem[] TestedSeparately =
    [
        IngestProblem.BrokenRequest,
        IngestProblem.QueueFull,
        IngestProblem.StorageDown,
        IngestProblem.StorageSlow,
        IngestProblem.SignatureExpired,
        IngestProblem.SignatureInFuture,
        IngestProblem.UnknownReportingSource,
        IngestProblem.AddressNotAllowed,
        IngestProblem.TooManyBodies,
        IngestProblem.BodyTooSlow,
    ];

    public static TheoryData<string> Codes => [.. RefusalCases.ByCode.Keys];

    [Fact]
    public void Every_refusal_has_a_case_and_every_case_a_refusal()
    {
        RefusalCases
            .ByCode.Keys.Concat(TestedSeparately.Select(problem => problem.Code))
            .ShouldBe(IngestProblem.All.Select(problem => problem.Code), ignoreOrder: true);
        var declared = typeof(IngestProblem)
            .GetFields()
            .Where(field => field.FieldType == typeof(IngestProblem))
            .Select(field => field.GetValue(null));
        IngestProblem.All.ShouldBe(declared, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task A_refusal_has_its_status_its_code_and_is_not_retryable(string code)
    {
        foreach (var request in RefusalCases.ByCode[code]())
        {
            Check(await given.Host.SendAsync(request), IngestProblem.All.Single(problem => problem.Code == code));
        }
    }

    [Fact]
    public async Task A_request_that_is_not_http_is_broken()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { RealPort = true });
        var answer = await RawRequest.SendAsync(host, "Transfer-Encoding: chunked\r\n\r\nno length\r\n");
        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldContain("\"code\":\"broken_request\"");
        answer.ShouldContain("\"retryable\":false");
        (await host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(0);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_with_a_retry_after()
    {
        await using var host = await TestHost.StartAsync(IngestHost.Options);
        await using var queue = await FullQueue.FillAsync(host);
        var body = Sample.Event().ToJsonString();
        Check(await host.PostAsync(body), IngestProblem.QueueFull);
        await queue.DrainAsync();
        (await host.PostAsync(body)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task When_storage_is_down_the_sender_gets_a_retry_after_and_nothing_is_lost()
    {
        await using var host = await TestHost.StartAsync(IngestHost.Options);
        var body = Sample.Event().ToJsonString();
        await host.GetAsync("/v1/status");
        await using (await Outage.StartAsync(host.Database))
        {
            Check(await host.PostAsync(body), IngestProblem.StorageDown);
            Check(await host.PostAsync("{"), IngestProblem.StorageDown);
            Check(await host.PostAsync(Sample.Events(3)), IngestProblem.StorageDown);
        }

        (await host.PostAsync(body)).Status.ShouldBe(200);
        (await host.WaitUntilQuietAsync()).GetProperty("audiences")[1].GetProperty("present").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_webhook_in_flight_when_its_connection_breaks_is_committed_once()
    {
        await using var host = await TestHost.StartAsync(IngestHost.Options);
        await host.PostAsync(Sample.Event());
        Task<Answer> waiting;
        await using (var stalled = await StalledLog.StartAsync(host.Database))
        {
            waiting = host.PostAsync(Sample.Event());
            await stalled.WaitForBlockedAppendAsync();
            await stalled.TerminateBlockedAppendsAsync();
        }

        (await waiting).Status.ShouldBe(200);
        (await host.ScalarAsync<long>("select count(*) from mt_events where type = 'audience_member_added'")).ShouldBe(2);
    }

    private static void Check(Answer answer, IngestProblem problem)
    {
        answer.Code.ShouldBe(problem.Code);
        answer.Status.ShouldBe(problem.Status);
        answer.Type.ShouldBe("application/problem+json");
        answer
            .Json.EnumerateObject()
            .Select(property => property.Name)
            .ShouldBe(["type", "title", "status", "code", "detail", "retryable"]);
        answer.Json.GetProperty("status").GetInt32().ShouldBe(problem.Status);
        answer.Json.GetProperty("retryable").GetBoolean().ShouldBe(problem.Status == 503);
        answer.Headers.Contains("Retry-After").ShouldBe(problem.Status == 503);
    }
}
