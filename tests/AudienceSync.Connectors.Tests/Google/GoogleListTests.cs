using AudienceSync.Domain.Syncing;
using static AudienceSync.Connectors.Tests.Google.GoogleAccountOnWire;

namespace AudienceSync.Connectors.Tests.Google;

/// <summary>Contracts/google.md 6.3: user lists by name.</summary>
public sealed class GoogleListTests
{
    private const string Path = "/v1/accountTypes/GOOGLE_ADS/accounts/7693729833/userLists";
    private const string Found =
        """{"userLists":[{"id":"8","displayName":"carts 2"},{"id":"9","displayName":"carts","ingestedUserListInfo":{"uploadKeyTypes":["CONTACT_ID"]}}]}""";

    private static readonly AudienceDefinition Wanted = new("carts", "who left one", TimeSpan.FromDays(90));

    [Fact]
    public async Task A_list_of_this_name_is_adopted()
    {
        var network = new TokenedNetwork((200, Found));

        (await EnsureAsync(network)).ShouldBe(new EnsuredAudience(Outcome.Done, new RemoteAudienceId("9"), AlreadyExisted: true));

        var request = network.Sent.ShouldHaveSingleItem();
        request.Url.AbsolutePath.ShouldBe(Path);
        Uri.UnescapeDataString(request.Url.Query).Replace('+', ' ').ShouldBe("?filter=display_name = \"carts\"&pageSize=1000");
        request.Headers["login-account"].ShouldBe("accountTypes/GOOGLE_ADS/accounts/8704830944");
    }

    [Fact]
    public async Task All_pages_are_read_before_a_list_is_created()
    {
        var network = new TokenedNetwork((200, """{"userLists":[],"nextPageToken":"p 2"}"""), (200, Found));

        (await EnsureAsync(network)).Audience.ShouldBe(new RemoteAudienceId("9"));

        network.Sent[1].Url.Query.ShouldEndWith("&pageToken=p+2");
    }

    [Fact]
    public async Task A_missing_list_is_created()
    {
        var network = new TokenedNetwork((200, "{}"), (200, """{"name":"x","id":"77"}"""));

        (await EnsureAsync(network)).ShouldBe(new EnsuredAudience(Outcome.Done, new RemoteAudienceId("77")));

        network.Sent[1].Method.ShouldBe("POST");
        network.Sent[1].Url.AbsolutePath.ShouldBe(Path);
        network
            .Sent[1]
            .Body.ShouldBe(
                """{"displayName":"carts","description":"who left one","membershipDuration":"7776000s","membershipStatus":"OPEN","ingestedUserListInfo":{"uploadKeyTypes":["CONTACT_ID"],"contactIdInfo":{"dataSourceType":"DATA_SOURCE_TYPE_FIRST_PARTY"}}}"""
            );
    }

    [Fact]
    public async Task A_name_that_was_taken_meanwhile_is_searched_for_again()
    {
        var network = new TokenedNetwork((200, "{}"), (400, Error(400, "INVALID_ARGUMENT", "DISPLAY_NAME_ALREADY_USED")), (200, Found));

        (await EnsureAsync(network)).ShouldBe(new EnsuredAudience(Outcome.Done, new RemoteAudienceId("9"), AlreadyExisted: true));
    }

    [Fact]
    public async Task A_list_of_another_kind_is_not_adopted() =>
        (await EnsureAsync(new TokenedNetwork((200, Found.Replace("CONTACT_ID", "MOBILE_ID", StringComparison.Ordinal))))).Outcome.ShouldBe(
            new Outcome(OutcomeKind.StopAudience, "google_name_of_another_kind_of_list")
        );

    [Theory]
    [InlineData(
        """{"id":"9","displayName":"carts","membershipStatus":"OPEN","sizeInfo":{"searchNetworkMembersCount":"1200","displayNetworkMembersCount":"900"}}""",
        AudienceState.Ready,
        "google_open",
        1200L
    )]
    [InlineData(
        """{"id":"9","displayName":"carts","sizeInfo":{"searchNetworkMembersCount":"0"}}""",
        AudienceState.TooSmall,
        "google_too_small",
        0L
    )]
    [InlineData("""{"id":"9","displayName":"carts","membershipStatus":"CLOSED"}""", AudienceState.NeedsHuman, "google_closed", null)]
    [InlineData("""{"id":"9","displayName":"carts","readOnly":true}""", AudienceState.NeedsHuman, "google_read_only", null)]
    public async Task The_state_of_a_list_shows_whether_it_can_be_used(string body, AudienceState state, string code, long? size)
    {
        var report = await Maker(new TokenedNetwork((200, body))).ReadAsync(new RemoteAudienceId("9"), CancellationToken.None);

        report.ShouldBe(new AudienceReport(Outcome.Done, state, code, "carts", size, size));
    }

    [Theory]
    [InlineData("61", 61)]
    [InlineData("101", null)]
    [InlineData("\"high\"", null)]
    public async Task A_report_has_the_match_rate_where_there_is_one(string percent, int? expected)
    {
        var body = $$"""{"id":"9","ingestedUserListInfo":{"contactIdInfo":{"matchRatePercentage":{{percent}} } } }""";
        var report = await Maker(new TokenedNetwork((200, body))).ReadAsync(new RemoteAudienceId("9"), CancellationToken.None);

        report.MatchRate.ShouldBe(expected);
    }

    [Theory]
    [InlineData("""{"id":"8","displayName":"carts","membershipStatus":"OPEN","sizeInfo":{"searchNetworkMembersCount":"1200"}}""")]
    [InlineData("""{"id":"99","displayName":"carts","membershipStatus":"OPEN","sizeInfo":{"searchNetworkMembersCount":"1200"}}""")]
    public async Task The_state_of_another_list_is_not_accepted(string body) =>
        (await Maker(new TokenedNetwork((200, body))).ReadAsync(new RemoteAudienceId("9"), CancellationToken.None)).ShouldBe(
            new AudienceReport(new Outcome(OutcomeKind.Retry, "answer_about_another"))
        );

    [Fact]
    public async Task A_missing_list_counts_as_deleted()
    {
        var network = new TokenedNetwork((200, "{}"), (404, Error(404, "NOT_FOUND")), (403, Error(403, "PERMISSION_DENIED")));
        var maker = Maker(network);

        (await maker.DeleteAsync(new RemoteAudienceId("9"), CancellationToken.None)).ShouldBe(Outcome.Done);
        (await maker.DeleteAsync(new RemoteAudienceId("9"), CancellationToken.None)).ShouldBe(Outcome.Done);
        (await maker.DeleteAsync(new RemoteAudienceId("9"), CancellationToken.None)).Kind.ShouldBe(OutcomeKind.StopAccount);
        network.Sent[0].Method.ShouldBe("DELETE");
        network.Sent[0].Url.AbsolutePath.ShouldBe(Path + "/9");
    }

    [Fact]
    public async Task A_check_gives_advice_as_text()
    {
        var good = await CheckAsync(new TokenedNetwork((200, """{"id":"9","sizeInfo":{"searchNetworkMembersCount":"5"}}""")));
        good.Select(finding => (finding.What, finding.State))
            .ShouldBe([
                ("token", CheckState.Good),
                ("permission", CheckState.Good),
                ("terms", CheckState.Good),
                ("audience", CheckState.Warning),
            ]);
        good[3].Advice.ShouldContain("100 members");

        var revoked = new TokenedNetwork((200, "{}")) { TokenAnswer = (400, """{"error":"invalid_grant"}""") };
        var bad = (await CheckAsync(revoked))[0];
        bad.ShouldSatisfyAllConditions(
            () => bad.State.ShouldBe(CheckState.Bad),
            () => bad.Code.ShouldBe("google_token_invalid_grant"),
            () => bad.Advice.ShouldContain("refresh token")
        );

        var terms = await CheckAsync(new TokenedNetwork((400, Error(400, "FAILED_PRECONDITION", "TERMS_AND_CONDITIONS_NOT_SIGNED"))));
        terms[1].What.ShouldBe("terms");
        terms[1].Advice.ShouldContain("Customer Match");
    }

    [Fact]
    public void A_name_must_be_valid()
    {
        var checks = (IChecks)new GoogleAccountOnWire(new TokenedNetwork()).Destination;

        checks.CheckName("carts").ShouldBeNull();
        checks.CheckName(" ")!.Code.ShouldBe("google_invalid_name");
        checks.CheckName(new string('x', 256))!.Code.ShouldBe("google_invalid_name");
    }

    private static IAudienceFactory Maker(TokenedNetwork network) => (IAudienceFactory)new GoogleAccountOnWire(network).Destination;

    private static async Task<EnsuredAudience> EnsureAsync(TokenedNetwork network) =>
        await Maker(network).EnsureAsync(Wanted, CancellationToken.None);

    private static async Task<IReadOnlyList<CheckFinding>> CheckAsync(TokenedNetwork network) =>
        await ((IChecks)new GoogleAccountOnWire(network).Destination).CheckAsync([new RemoteAudienceId("9")], CancellationToken.None);
}
