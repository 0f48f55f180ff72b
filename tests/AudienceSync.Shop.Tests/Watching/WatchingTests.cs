using System.Net;
using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Tests.Sending;
using AudienceSync.Shop.Watching;

namespace AudienceSync.Shop.Tests.Watching;

public sealed class WatchingTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Quiet_must_be_reported_twice_in_a_row()
    {
        var http = new ScriptedHttp(Status(true), Status(false), "nonsense", Status(true), Status(true));

        var result = await WaitAsync(http);

        result.IsQuiet.ShouldBeTrue();
        http.Requests.ShouldBe(5);
        result.Status!.Bindings.Single().Delivered.ShouldBe(6);
    }

    [Fact]
    public async Task An_engine_with_open_jobs_is_not_quiet()
    {
        var http = new ScriptedHttp(Status(true, openJobs: 1), Status(true, openJobs: 1), Status(true), Status(true));

        (await WaitAsync(http)).IsQuiet.ShouldBeTrue();
        http.Requests.ShouldBe(4);
    }

    [Fact]
    public async Task The_wait_for_an_engine_that_is_never_quiet_ends_with_its_last_status()
    {
        var result = await WaitAsync(new ScriptedHttp(Status(false)));

        result.IsQuiet.ShouldBeFalse();
        result.LastText.ShouldContain("\"quiet\":false");
    }

    [Fact]
    public async Task Removals_that_wait_for_approval_are_approved()
    {
        var waiting = Status(false)
            .Replace("\"quiet\"", "\"plans\":[{\"plan\":7,\"state\":\"waiting\"},{\"plan\":8,\"state\":\"approved\"}],\"quiet\"");
        var http = new ScriptedHttp(waiting, "{}", Status(true));

        (await WaitAsync(http)).IsQuiet.ShouldBeTrue();
        http.Paths.ShouldBe(["GET /v1/status", "POST /v1/plans/7/approve", "GET /v1/status", "GET /v1/status"]);
    }

    [Fact]
    public async Task The_platforms_list_is_read_as_digests_by_match_key()
    {
        using var client = new HttpClient(new ScriptedHttp("""{"people":2,"digests":{"EMAIL_SHA256":["aa","bb"],"PHONE_SHA256":[]}}"""));

        var list = await new SandboxApi(client, new Uri("http://sandbox.example"), "admin").ListAsync(
            DestinationList.TikTok,
            JourneyList.All[0],
            CancellationToken.None
        );

        list.People.ShouldBe(2);
        list.Digests.Emails.Order().ShouldBe(["aa", "bb"]);
        list.Digests.Phones.ShouldBeEmpty();
    }

    private static async Task<QuietResult> WaitAsync(ScriptedHttp http)
    {
        using var client = new HttpClient(http);
        var engine = new EngineApi(client, new Uri("http://engine.example"), "operator");
        return await new QuietWait(engine, new InstantTime(Now)).WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
    }

    private static string Status(bool quiet, int openJobs = 0) =>
        $$"""
            {"workspace":"default","log":{"head":123},"projector":{"position":123,"applied":1,"superseded":1,"lag_events":0},
             "quarantine":{"open":3},"people":10,"audiences":[{"audience":"a","key":"a_v1","present":1,"removed":1,"expired":1}],
             "bindings":[{"audience":"a","key":"a_v1","destination":"meta_main","platform":"meta","remote":"1","desired":7,"delivered":6,
             "in_doubt":0,"pending_adds":0,"pending_removals":0,"open_jobs":{{openJobs}},"state":"active"}],"quiet":{{(
                quiet ? "true" : "false"
            )}}}
            """;

    private sealed class ScriptedHttp(params string[] bodies) : HttpMessageHandler
    {
        public int Requests => Paths.Count;

        public List<string> Paths { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Paths.Add($"{request.Method} {request.RequestUri!.AbsolutePath}");
            return Task.FromResult(
                new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(bodies[Math.Min(Requests, bodies.Length) - 1]) }
            );
        }
    }
}
