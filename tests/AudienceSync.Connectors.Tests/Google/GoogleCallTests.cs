using System.Text.Json;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using static AudienceSync.Connectors.Tests.Google.GoogleAccountOnWire;

namespace AudienceSync.Connectors.Tests.Google;

/// <summary>What is sent over the wire (contracts/google.md 6.2, 6.3, 6.7).</summary>
public sealed class GoogleCallTests
{
    private const string Destination =
        """{"reference":"d","loginAccount":{"accountType":"GOOGLE_ADS","accountId":"8704830944"},"operatingAccount":{"accountType":"GOOGLE_ADS","accountId":"7693729833"},"productDestinationId":"7090784486"}""";

    private const string Members =
        $$$"""[{"destinationReferences":["d"],"userData":{"userIdentifiers":[{"emailAddress":"{{{CloudyEmail}}}"},{"phoneNumber":"{{{CloudyPhone}}}"}]}}]""";

    private readonly TokenedNetwork _network = new((200, Taken));

    [Fact]
    public async Task An_add_sends_the_request_of_the_contract_and_its_job_is_returned()
    {
        var result = await new GoogleAccountOnWire(_network).AddAsync(Cloudy);

        result.Outcome.ShouldBe(Outcome.Done);
        result.Job.ShouldBe(new JobHandle("r-1"));
        var sent = _network.Sent.ShouldHaveSingleItem();
        sent.Method.ShouldBe("POST");
        sent.Url.ShouldBe(new Uri("https://datamanager.googleapis.com/v1/audienceMembers:ingest"));
        sent.Authorization.ShouldBe("Bearer at-1");
        sent.Headers.Keys.ShouldNotContain("login-account", "the manager account is in the body (2.3)");
        sent.Body.ShouldBe(
            $$$"""{"destinations":[{{{Destination}}}],"audienceMembers":{{{Members}}},"consent":{"adUserData":"CONSENT_GRANTED","adPersonalization":"CONSENT_GRANTED"},"encoding":"HEX","termsOfService":{"customerMatchTermsOfServiceStatus":"ACCEPTED"}}"""
        );
    }

    [Fact]
    public async Task A_removal_has_neither_consent_nor_terms()
    {
        await new GoogleAccountOnWire(_network).SendAsync(MemberOperation.Remove, [Cloudy]);

        _network.Sent[0].Url.AbsolutePath.ShouldBe("/v1/audienceMembers:remove");
        _network.Sent[0].Body.ShouldBe($$"""{"destinations":[{{Destination}}],"audienceMembers":{{Members}},"encoding":"HEX"}""");
    }

    [Fact]
    public async Task Undeclared_consent_is_omitted()
    {
        await new GoogleAccountOnWire(_network, section => section.With("consent", null).With("login_customer_id", null)).AddAsync(Cloudy);

        _network.Sent[0].Body.ShouldNotContain("consent");
        _network.Sent[0].Body.ShouldNotContain("loginAccount");
    }

    [Fact]
    public async Task An_address_is_sent_completely_or_not_at_all()
    {
        var home = new PersonDetails
        {
            FirstName = "Mr. Alex",
            LastName = "Quinn, Jr.",
            Country = "us",
            PostalCode = " 94045 ",
        };
        await new GoogleAccountOnWire(_network).AddAsync(
            Cloudy with
            {
                Email = null,
                Phone = null,
                Details = home,
            },
            Cloudy with
            {
                Phone = null,
                Details = home with { PostalCode = null },
            }
        );

        var members = JsonDocument.Parse(_network.Sent[0].Body).RootElement.GetProperty("audienceMembers");
        members[0]
            .GetProperty("userData")
            .GetProperty("userIdentifiers")
            .GetRawText()
            .ShouldBe(
                """[{"address":{"givenName":"4135aa9dc1b842a653dea846903ddb95bfb8c5a10c504a7fa16e10bc31d1fdf0","familyName":"c512ca0c5c1e71be19f3356821e56732b5fb3ac894b0dbc5846d0b6920106fb3","regionCode":"US","postalCode":"94045"}}]"""
            );
        members[1]
            .GetProperty("userData")
            .GetProperty("userIdentifiers")
            .GetRawText()
            .ShouldBe($$"""[{"emailAddress":"{{CloudyEmail}}"}]""");
    }

    [Fact]
    public async Task No_raw_personal_data_is_in_the_request()
    {
        await new GoogleAccountOnWire(_network).AddAsync(new PersonIdentifiers("id-77", "\"},{\"@x.y", "+1 800 555 0100", "US"));

        _network.Sent[0].Body.ShouldNotContain("id-77");
        _network.Sent[0].Body.ShouldNotContain("@x");
        _network.Sent[0].Body.ShouldNotContain("8005550100");
        JsonDocument.Parse(_network.Sent[0].Body).RootElement.GetProperty("audienceMembers").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Identified_members_are_excluded_and_the_rest_is_resent()
    {
        var network = new TokenedNetwork(
            (
                400,
                Error(
                    400,
                    "INVALID_ARGUMENT",
                    "INVALID_ARGUMENT",
                    null,
                    ("audience_members[1].user_data.user_identifiers[0]", "INVALID_SHA256_FORMAT"),
                    ("audience_members[1]", null)
                )
            ),
            (400, Error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", null, ("audience_members[0]", "SOMETHING_NEW"))),
            (200, Taken)
        );
        var unusable = new PersonIdentifiers("1", null, null, "US");

        var result = await new GoogleAccountOnWire(network).AddAsync(unusable, Cloudy, Cloudy, Cloudy);

        result.Outcome.ShouldBe(new Outcome(OutcomeKind.PartlyDone, "google_unknown_reason"));
        result.Rejected.ShouldBe([new RefusedMember(1, "google_unknown_reason"), new RefusedMember(2, "google_invalid_sha256_format")]);
        result.Invalid.ShouldHaveSingleItem().Index.ShouldBe(0);
        result.Job.ShouldBe(new JobHandle("r-1"));
        network
            .Sent.Select(sent => JsonDocument.Parse(sent.Body).RootElement.GetProperty("audienceMembers").GetArrayLength())
            .ShouldBe([3, 2, 1]);
    }

    [Fact]
    public async Task Members_that_are_identified_again_and_again_end_in_a_halved_batch()
    {
        var network = new TokenedNetwork(
            (400, Error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", null, ("audience_members[0]", "INVALID_AUDIENCE_MEMBER")))
        );

        var result = await new GoogleAccountOnWire(network).AddAsync([.. Enumerable.Repeat(Cloudy, 9)]);

        result.Outcome.ShouldBe(new Outcome(OutcomeKind.SplitBatch, "google_invalid_audience_member"));
        result.Rejected.ShouldBeEmpty("nothing was accepted, so no member has a result");
        network.Sent.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_member_identified_for_an_error_of_the_list_is_not_excluded()
    {
        var network = new TokenedNetwork(
            (400, Error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", null, ("audience_members[0]", "INVALID_USER_LIST_TYPE")))
        );

        (await new GoogleAccountOnWire(network).AddAsync(Cloudy, Cloudy)).Outcome.ShouldBe(
            new Outcome(OutcomeKind.StopAudience, "google_invalid_user_list_type")
        );
        network.Sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_dry_run_stores_nothing_and_never_counts_as_done()
    {
        var account = new GoogleAccountOnWire(_network, section => section.With("validate_only", true));

        var result = await account.AddAsync(Cloudy);

        result.Outcome.ShouldBe(new Outcome(OutcomeKind.Snooze, "google_validate_only", TimeSpan.FromMinutes(1)));
        result.Job.ShouldBeNull("the id of a validation cannot be looked up");
        _network.Sent[0].Body.ShouldEndWith(",\"validateOnly\":true}");
    }

    [Fact]
    public async Task A_check_tries_an_add_that_is_only_validated()
    {
        var network = new TokenedNetwork(
            (200, "{}"),
            (200, """{"id":"9","membershipStatus":"OPEN","sizeInfo":{"searchNetworkMembersCount":"1200"}}"""),
            (403, Error(403, "PERMISSION_DENIED", "DESTINATION_ACCOUNT_PERMISSION_DENIED"))
        );

        var findings = await ((IChecks)new GoogleAccountOnWire(network).Destination).CheckAsync(
            [new RemoteAudienceId("9")],
            CancellationToken.None
        );

        var finding = findings.Single(finding => finding.Audience is not null);
        finding.State.ShouldBe(CheckState.Bad, "the list can be read, and refuses members");
        finding.Code.ShouldStartWith("google_");
        network.Sent[^1].Url.AbsolutePath.ShouldBe("/v1/audienceMembers:ingest");
        network.Sent[^1].Body.ShouldEndWith(",\"validateOnly\":true}");
    }

    [Fact]
    public async Task The_end_of_a_resync_removes_members_added_before_it_began()
    {
        var account = new GoogleAccountOnWire(_network);
        var resync = new Resync(new RemoteAudienceId("7090784486"), 5, account.Clock.GetUtcNow(), 1, 1);

        var result = await ((IResyncs)account.Destination).EndAsync(resync, CancellationToken.None);

        result.Job.ShouldBe(new JobHandle("r-1"));
        _network.Sent[0].Url.AbsolutePath.ShouldBe("/v1/audienceMembers:removeAll");
        _network.Sent[0].Body.ShouldBe($$"""{"destinations":[{{Destination}}],"removeAsOfTime":"2023-10-14T23:55:00Z"}""");
    }

    [Theory]
    [InlineData("")]
    [InlineData("../me")]
    [InlineData("1\"}")]
    public async Task An_invalid_list_id_is_never_sent(string list)
    {
        (await new GoogleAccountOnWire(_network).SendAsync(MemberOperation.Add, [Cloudy], list)).Outcome.ShouldBe(
            new Outcome(OutcomeKind.StopAudience, "invalid_audience_id")
        );
        _network.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_success_without_a_request_id_is_not_a_success() =>
        (await new GoogleAccountOnWire(new TokenedNetwork((200, "{}"))).AddAsync(Cloudy)).Outcome.ShouldBe(
            new Outcome(OutcomeKind.Retry, "not_understood")
        );
}
