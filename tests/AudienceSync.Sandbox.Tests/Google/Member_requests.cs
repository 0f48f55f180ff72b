using AudienceSync.Sandbox.Google;
using static AudienceSync.Sandbox.Tests.Google.GoogleSandbox;
using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests.Google;

public sealed class Member_requests
{
    private const string Ingest = "/v1/audienceMembers:ingest";

    [Fact]
    public async Task Members_are_added_and_removed_cell_by_cell_when_the_jobs_complete()
    {
        await using var sandbox = await StartAsync();
        await sandbox.IngestAsync(Email("a"), Email("b"));
        (await sandbox.HeldAsync()).ShouldBeEmpty();
        sandbox.Complete();
        (await sandbox.HeldAsync()).ShouldBe(Sorted("a", "b"));
        await sandbox.RemoveAsync(Email("a"), Email("nobody"));
        sandbox.Complete();
        (await sandbox.HeldAsync()).ShouldBe(Sorted("b"));
        (await sandbox.TotalsAsync("add")).GetProperty("applied").GetInt64().ShouldBe(2);
        (await sandbox.TotalsAsync("remove")).GetProperty("removed").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task An_address_is_one_unit()
    {
        await using var sandbox = await StartAsync();
        var address = new
        {
            givenName = Hash("jane"),
            familyName = Hash("doe"),
            regionCode = "US",
            postalCode = "94045",
        };
        await sandbox.IngestAsync(
            new { userData = new { userIdentifiers = new object[] { new { address }, new { phoneNumber = Hash("+1") } } } }
        );
        sandbox.Complete();
        (await sandbox.HeldAsync("address")).ShouldBe([Hash($"{Hash("jane")}|{Hash("doe")}|US|94045")]);
        (await sandbox.HeldAsync("phoneNumber")).ShouldBe([Hash("+1")]);
    }

    [Fact]
    public async Task Base64_and_upper_case_hex_are_the_same_digest()
    {
        await using var sandbox = await StartAsync();
        var body = Body(
            new
            {
                userData = new
                {
                    userIdentifiers = new[] { new { emailAddress = Convert.ToBase64String(Convert.FromHexString(Hash("a"))) } },
                },
            }
        );
        body["encoding"] = "BASE64";
        (await sandbox.PostAsync(Ingest, body)).Status.ShouldBe(200);
        await sandbox.IngestAsync(
            new { userData = new { userIdentifiers = new[] { new { emailAddress = Hash("a").ToUpperInvariant() } } } }
        );
        sandbox.Complete();
        (await sandbox.HeldAsync()).ShouldBe(Sorted("a"));
    }

    [Theory]
    [InlineData(
        """{"userData":{"userIdentifiers":[{"emailAddress":"xyz"}]}}""",
        "audience_members[0].user_data.user_identifiers[0].email_address",
        "INVALID_HEX_ENCODING"
    )]
    [InlineData(
        """{"userData":{"userIdentifiers":[{"emailAddress":"abcd"}]}}""",
        "audience_members[0].user_data.user_identifiers[0].email_address",
        "INVALID_SHA256_FORMAT"
    )]
    [InlineData(
        """{"userData":{"userIdentifiers":[{"emailAddress":""}]}}""",
        "audience_members[0].user_data.user_identifiers[0].email_address",
        "REQUIRED_FIELD_MISSING"
    )]
    [InlineData("""{"userData":{"userIdentifiers":[]}}""", "audience_members[0].user_data.user_identifiers", "NO_IDENTIFIERS_PROVIDED")]
    [InlineData(
        """{"userData":{"userIdentifiers":[{}]}}""",
        "audience_members[0].user_data.user_identifiers[0]",
        "NO_IDENTIFIERS_PROVIDED"
    )]
    [InlineData("""{"userData":{"userIdentifiers":[{"addressInfo":{}}]}}""", "audience_members[0].user_data.user_identifiers[0]", null)]
    [InlineData(
        """{"userData":{"userIdentifiers":[{"address":{"regionCode":"US"}}]}}""",
        "audience_members[0].user_data.user_identifiers[0].address.given_name",
        "REQUIRED_FIELD_MISSING"
    )]
    [InlineData("""{"userData":{"userIdentifiers":"x"}}""", "audience_members[0].user_data.user_identifiers", null)]
    [InlineData(
        """{"mobileData":{"mobileIds":["5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25"]}}""",
        "audience_members[0]",
        "INVALID_USER_LIST_TYPE"
    )]
    [InlineData("""{"mobileData":{"mobileIds":["x"]}}""", "audience_members[0].mobile_data.mobile_ids[0]", "INVALID_MOBILE_ID_FORMAT")]
    [InlineData("""{"userIdData":{"userId":"u"}}""", "audience_members[0]", "INVALID_USER_LIST_TYPE")]
    [InlineData("""{}""", "audience_members[0]", "INVALID_AUDIENCE_MEMBER")]
    [InlineData("""{"pairData":{}}""", "audience_members[0].pair_data", "NOT_ALLOWLISTED")]
    public async Task An_invalid_member_is_named_and_refuses_the_whole_request(string member, string field, string? reason)
    {
        await using var sandbox = await StartAsync();
        var response = await sandbox.IngestAsync(System.Text.Json.JsonSerializer.Deserialize<object>(member)!, Email("good"));
        response.Violation().ShouldBe((field, reason));
        response.Status().ShouldBe("INVALID_ARGUMENT");
        sandbox.Complete();
        (await sandbox.HeldAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_invalid_member_is_named_in_one_response_with_the_request_id()
    {
        await using var sandbox = await StartAsync();
        var wrong = new { userData = new { userIdentifiers = new[] { new { emailAddress = "no" } } } };
        var response = await sandbox.IngestAsync(wrong, Email("good"), wrong);
        response
            .Detail("BadRequest")
            .GetProperty("fieldViolations")
            .EnumerateArray()
            .Select(violation => violation.GetProperty("field").GetString()!.Split('.')[0])
            .ShouldBe(["audience_members[0]", "audience_members[2]"]);
        response.Detail("ErrorInfo").GetProperty("domain").GetString().ShouldBe("datamanager.googleapis.com");
        response.Detail("RequestInfo").GetProperty("requestId").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("encoding", null, "encoding", "REQUIRED_FIELD_MISSING")]
    [InlineData("encoding", "OCTAL", "encoding", "INVALID_ENUM_VALUE")]
    [InlineData("termsOfService", null, "terms_of_service", "TERMS_AND_CONDITIONS_NOT_SIGNED")]
    [InlineData("destinations", null, "destinations", "REQUIRED_FIELD_MISSING")]
    [InlineData("audienceMembers", null, "audience_members", "REQUIRED_FIELD_MISSING")]
    [InlineData("color", "red", "", null)]
    [InlineData("encryptionInfo", "x", "encryption_info", "INVALID_ARGUMENT")]
    public async Task An_invalid_field_of_the_request_is_named(string name, string? value, string field, string? reason)
    {
        await using var sandbox = await StartAsync();
        var body = Body(Email("a"));
        body.Remove(name);
        if (value is not null)
        {
            body[name] = value;
        }

        (await sandbox.PostAsync(Ingest, body)).Violation().ShouldBe((field, reason));
    }

    [Fact]
    public async Task Limits_are_ten_thousand_members_ten_identifiers_and_ten_destinations()
    {
        await using var sandbox = await StartAsync();
        var many = Enumerable.Repeat(Email("a"), 10_000).ToArray();
        (await sandbox.IngestAsync(many)).Status.ShouldBe(200);
        (await sandbox.IngestAsync([.. many, Email("b")])).Violation().Reason.ShouldBe("TOO_MANY_AUDIENCE_MEMBERS");
        static object Person(int identifiers) =>
            new { userData = new { userIdentifiers = Enumerable.Repeat(new { emailAddress = Hash("a") }, identifiers) } };
        (await sandbox.IngestAsync(Person(10))).Status.ShouldBe(200);
        (await sandbox.IngestAsync(Person(11))).Violation().Reason.ShouldBe("TOO_MANY_USER_IDENTIFIERS");
        var body = Body(Email("a"));
        body["destinations"] = Enumerable.Repeat(Destination(), 11);
        (await sandbox.PostAsync(Ingest, body)).Violation().Reason.ShouldBe("TOO_MANY_DESTINATIONS");
    }

    [Fact]
    public async Task A_destination_must_exist_be_accessible_to_the_caller_and_have_a_unique_reference()
    {
        await using var sandbox = await StartAsync();
        (await IngestToAsync(sandbox, Destination("404")))
            .Violation()
            .ShouldBe(("destinations[0].product_destination_id", "INVALID_USER_LIST_ID"));
        (await IngestToAsync(sandbox, Destination(ForeignList))).Violation().Reason.ShouldBe("INVALID_USER_LIST_ID");
        (await IngestToAsync(sandbox, Destination(), Destination())).Violation().Reason.ShouldBe("DUPLICATE_DESTINATION_REFERENCE");
        var foreign = await IngestToAsync(sandbox, Destination(ForeignList, ForeignAccount));
        (foreign.Status, foreign.Status()).ShouldBe((403, "PERMISSION_DENIED"));
        (await IngestToAsync(sandbox, Destination("1", "1"))).Status.ShouldBe(403, "not allowed and not found share one response");
    }

    [Fact]
    public async Task A_member_is_added_to_the_destinations_it_names()
    {
        await using var sandbox = await StartAsync();
        var body = Body(
            Email("both"),
            new
            {
                destinationReferences = new[] { OtherList },
                userData = new { userIdentifiers = new[] { new { emailAddress = Hash("other") } } },
            }
        );
        body["destinations"] = new[] { Destination(), Destination(OtherList) };
        await sandbox.PostAsync(Ingest, body);
        sandbox.Complete();
        (await sandbox.HeldAsync()).ShouldBe(Sorted("both"));
        (await sandbox.HeldAsync(list: OtherList)).ShouldBe(Sorted("both", "other"));
        body = Body(
            new
            {
                destinationReferences = new[] { "nowhere" },
                userData = new { userIdentifiers = new[] { new { emailAddress = Hash("a") } } },
            }
        );
        (await sandbox.PostAsync(Ingest, body)).Violation().Reason.ShouldBe("INVALID_DESTINATION");
    }

    [Fact]
    public async Task An_account_below_a_manager_needs_it_as_login_account()
    {
        await using var sandbox = await StartAsync(new GoogleSettings { LoginAccount = "8704830944" });
        (await sandbox.IngestAsync(Email("a"))).Status.ShouldBe(403);
        var through = new
        {
            loginAccount = new { accountType = "GOOGLE_ADS", accountId = "8704830944" },
            operatingAccount = new { accountType = "GOOGLE_ADS", accountId = Account },
            productDestinationId = ListId,
        };
        (await IngestToAsync(sandbox, through)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Snake_case_names_are_accepted_and_a_body_that_is_no_json_is_not()
    {
        await using var sandbox = await StartAsync();
        var body = $$$"""
            {"destinations":[{"operating_account":{"account_type":"GOOGLE_ADS","account_id":"{{{Account}}}"},"product_destination_id":"{{{ListId}}}"}],
             "audience_members":[{"user_data":{"user_identifiers":[{"email_address":"{{{Hash("a")}}}"}]}}],
             "encoding":"HEX","terms_of_service":{"customer_match_terms_of_service_status":"ACCEPTED"}}
            """;
        (await sandbox.PostAsync(Ingest, body)).Status.ShouldBe(200);
        (await sandbox.PostAsync(Ingest, "{")).Status.ShouldBe(400);
        (await sandbox.PostAsync(Ingest, """{"encoding":"\ud800"}""")).Status.ShouldBe(400);
        (await sandbox.PostAsync(Ingest, """{"\ud800":1}""")).Status.ShouldBe(400);
        (await sandbox.PostAsync("/v1/audienceMembers:shout", "{}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_removal_accepts_neither_consent_nor_terms()
    {
        await using var sandbox = await StartAsync();
        (await sandbox.PostAsync("/v1/audienceMembers:remove", Body(Email("a")))).Violation().ShouldBe(("", null));
    }

    [Fact]
    public async Task Unused_fields_are_returned_as_warnings()
    {
        await using var sandbox = await StartAsync();
        var address = new
        {
            givenName = Hash("jane"),
            familyName = Hash("doe"),
            regionCode = "US",
            postalCode = "94045",
            city = "x",
        };
        var response = await sandbox.IngestAsync(new { userData = new { userIdentifiers = new[] { new { address } } } });
        response.Status.ShouldBe(200);
        response
            .Json.GetProperty("fieldWarnings")[0]
            .GetProperty("field")
            .GetString()
            .ShouldBe("audience_members[0].user_data.user_identifiers[0].address.city");
    }

    private static Task<Response> IngestToAsync(GoogleSandbox sandbox, params object[] destinations)
    {
        var body = Body(Email("a"));
        body["destinations"] = destinations;
        return sandbox.PostAsync(Ingest, body);
    }
}
