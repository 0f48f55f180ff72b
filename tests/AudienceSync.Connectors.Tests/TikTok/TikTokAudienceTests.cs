using AudienceSync.Domain.Syncing;
using static AudienceSync.Connectors.Tests.TikTok.TikTokAccountOnWire;

namespace AudienceSync.Connectors.Tests.TikTok;

/// <summary>Contracts/tiktok.md 5.1 and 6: audiences by name.</summary>
public sealed class TikTokAudienceTests
{
    private static readonly AudienceDefinition Wanted = new("carts", "who left one");

    [Fact]
    public async Task An_audience_of_this_name_is_adopted_from_any_page()
    {
        var network = Answering(
            Page(1, 2, """{"audience_id":"1","name":"carts","audience_type":"Lookalike Audience"}"""),
            Page(2, 2, """{"audience_id":"2","name":"carts","audience_type":"Partner Audience"}""")
        );

        (await EnsureAsync(network)).ShouldBe(new EnsuredAudience(Outcome.Done, new RemoteAudienceId("2"), AlreadyExisted: true));

        network
            .Sent[1]
            .Url.PathAndQuery.ShouldBe("/open_api/v1.3/dmp/custom_audience/list/?advertiser_id=7000000000000000001&page=2&page_size=100");
    }

    [Fact]
    public async Task A_missing_audience_is_created()
    {
        var network = Answering(Page(1, 1, ""), Envelope(0, data: """{"audience_id":"888888888"}"""));

        (await EnsureAsync(network)).ShouldBe(new EnsuredAudience(Outcome.Done, new RemoteAudienceId("888888888")));

        network.Sent[1].Url.AbsolutePath.ShouldBe("/open_api/v1.3/segment/audience/");
        network.Sent[1].Body.ShouldBe("""{"advertiser_id":"7000000000000000001","action":"create","custom_audience_name":"carts"}""");
    }

    [Fact]
    public async Task Two_audiences_with_the_same_name_need_a_human()
    {
        const string duplicates =
            """{"audience_id":"1","name":"carts","audience_type":"Partner"},{"audience_id":"2","name":"carts","audience_type":"Partner"}""";

        (await EnsureAsync(Answering(Page(1, 1, duplicates)))).Outcome.ShouldBe(
            new Outcome(OutcomeKind.StopAudience, "tiktok_name_is_there_twice")
        );
    }

    [Fact]
    public async Task An_audience_is_not_created_when_the_search_fails()
    {
        var network = Answering(Envelope(50000));

        (await EnsureAsync(network)).Outcome.ShouldBe(new Outcome(OutcomeKind.Retry, "tiktok_50000"));
        network.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_name_that_would_be_truncated_is_refused()
    {
        var network = Answering(Taken);
        var maker = (IAudienceFactory)new TikTokAccountOnWire(network).Destination;

        (await maker.EnsureAsync(new AudienceDefinition(new string('x', 71), ""), CancellationToken.None)).Outcome.Code.ShouldBe(
            "tiktok_invalid_name"
        );
        ((IChecks)maker).CheckName(new string('x', 70)).ShouldBeNull();
        network.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_audience_that_does_not_exist_counts_as_deleted()
    {
        var network = Answering(Taken, Envelope(40007), Envelope(40001));
        var maker = (IAudienceFactory)new TikTokAccountOnWire(network).Destination;

        (await maker.DeleteAsync(new RemoteAudienceId("5"), CancellationToken.None)).ShouldBe(Outcome.Done);
        (await maker.DeleteAsync(new RemoteAudienceId("5"), CancellationToken.None)).ShouldBe(Outcome.Done);
        (await maker.DeleteAsync(new RemoteAudienceId("5"), CancellationToken.None)).Kind.ShouldBe(OutcomeKind.StopAccount);
        network.Sent[0].Body.ShouldBe("""{"advertiser_id":"7000000000000000001","action":"delete","delete_audience_id":"5"}""");
    }

    [Theory]
    [InlineData("\"is_valid\":false,\"cover_num\":0,\"is_expiring\":false", AudienceState.TooSmall, "tiktok_too_small", 0L)]
    [InlineData("\"is_valid\":true,\"cover_num\":5000,\"is_expiring\":false", AudienceState.Ready, "tiktok_valid", 5000L)]
    [InlineData("\"is_valid\":true,\"cover_num\":5000,\"is_expiring\":true", AudienceState.Warning, "tiktok_expiring", 5000L)]
    [InlineData("\"is_valid\":false,\"cover_num\":5000", AudienceState.Busy, "tiktok_not_valid", 5000L)]
    [InlineData("\"x\":1", AudienceState.Unknown, "tiktok_not_reported", null)]
    public async Task The_state_of_an_audience_shows_whether_it_can_be_used(string fields, AudienceState state, string code, long? size)
    {
        var network = Answering(
            Envelope(0, data: $$"""{"list":[{"audience_details":{"audience_id":"5","name":"carts",{{fields}}},"audience_history":[]}]}""")
        );

        var report = await ((IAudienceFactory)new TikTokAccountOnWire(network).Destination).ReadAsync(
            new RemoteAudienceId("5"),
            CancellationToken.None
        );

        report.ShouldBe(new AudienceReport(Outcome.Done, state, code, "carts", size, size));
        Uri.UnescapeDataString(network.Sent[0].Url.Query)
            .ShouldBe("?advertiser_id=7000000000000000001&custom_audience_ids=[\"5\"]&history_size=1");
    }

    [Theory]
    [InlineData("999999999", null, "answer_about_another")]
    [InlineData("8888888880", null, "answer_about_another")]
    [InlineData("999999999", "777", "answer_about_another")]
    [InlineData("888888888", "888888888", "not_understood")]
    [InlineData(null, null, "tiktok_audience_not_there")]
    public async Task The_state_of_another_audience_is_an_error_and_not_ready(string? first, string? second, string code)
    {
        var report = await ReadAudience888888888Async(new[] { first, second }.OfType<string>().Select(id => $"\"{id}\""));

        report.Outcome.Code.ShouldBe(code);
        report.State.ShouldBe(AudienceState.Unknown);
        report.Outcome.Kind.ShouldNotBe(OutcomeKind.Done);
    }

    [Theory]
    [InlineData("\"888888888\"")]
    [InlineData("888888888")]
    public async Task The_requested_audience_is_found_among_others(string id) =>
        (await ReadAudience888888888Async(["\"999999999\"", id])).ShouldBe(
            new AudienceReport(Outcome.Done, AudienceState.Ready, "tiktok_valid", "carts", 5000, 5000)
        );

    [Fact]
    public async Task A_state_without_an_id_belongs_to_no_audience() =>
        (await ReadAudience888888888Async(["null"])).Outcome.Code.ShouldBe("answer_about_another");

    private static async Task<AudienceReport> ReadAudience888888888Async(IEnumerable<string> reported)
    {
        var items = reported.Select(id =>
            $$$"""{"audience_details":{"audience_id":{{{id}}},"name":"carts","is_valid":true,"is_expiring":false,"cover_num":5000}}"""
        );
        var network = Answering(Envelope(0, data: $$$"""{"list":[{{{string.Join(',', items)}}}]}"""));
        return await ((IAudienceFactory)new TikTokAccountOnWire(network).Destination).ReadAsync(
            new RemoteAudienceId("888888888"),
            CancellationToken.None
        );
    }

    [Fact]
    public async Task A_check_distinguishes_the_token_from_the_permission_and_gives_advice()
    {
        var checks = await CheckAsync(Answering(Taken, Envelope(40001), Envelope(0, data: """{"list":[]}""")));
        checks
            .Select(finding => (finding.What, finding.State, finding.Code))
            .ShouldBe([
                ("token", CheckState.Good, "good"),
                ("permission", CheckState.Bad, "tiktok_40001"),
                ("audience", CheckState.Bad, "tiktok_audience_not_there"),
            ]);
        checks[1].Advice.ShouldContain("scopes");

        (await CheckAsync(Answering(Envelope(40105))))[0].Advice.ShouldContain("token");
    }

    private static string Page(int page, int of, string audiences) =>
        Envelope(
            0,
            data: $$$"""{"list":[{{{audiences}}}],"page_info":{"page":{{{page}}},"page_size":100,"total_number":1,"total_page":{{{of}}}}}"""
        );

    private static async Task<EnsuredAudience> EnsureAsync(ScriptedNetwork network) =>
        await ((IAudienceFactory)new TikTokAccountOnWire(network).Destination).EnsureAsync(Wanted, CancellationToken.None);

    private static async Task<IReadOnlyList<CheckFinding>> CheckAsync(ScriptedNetwork network) =>
        await ((IChecks)new TikTokAccountOnWire(network).Destination).CheckAsync([new RemoteAudienceId("5")], CancellationToken.None);
}
