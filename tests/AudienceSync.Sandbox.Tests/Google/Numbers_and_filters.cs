using System.Text.Json;
using static AudienceSync.Sandbox.Tests.Google.GoogleSandbox;

namespace AudienceSync.Sandbox.Tests.Google;

/// <summary>Alternatives to names in proto3 JSON, and AIP-160 filters (contract google 3 and 6.3).</summary>
public sealed class Numbers_and_filters
{
    private const string Ingest = "/v1/audienceMembers:ingest";
    private const string Lists = $"/v1/accountTypes/GOOGLE_ADS/accounts/{Account}/userLists";

    [Theory]
    [InlineData("encoding", "1", 200)]
    [InlineData("encoding", "\"HEX\"", 200)]
    [InlineData("encoding", "2", 400)]
    [InlineData("encoding", "0", 400)]
    [InlineData("encoding", "\"ENCODING_UNSPECIFIED\"", 400)]
    [InlineData("encoding", "3", 400)]
    [InlineData("encoding", "-1", 400)]
    [InlineData("encoding", "1.5", 400)]
    [InlineData("encoding", "99999999999", 400)]
    [InlineData("encoding", "\"1\"", 400)]
    [InlineData("encoding", "true", 400)]
    [InlineData("consent", "{\"adUserData\":1,\"adPersonalization\":1}", 200)]
    [InlineData("consent", "{\"adUserData\":0,\"adPersonalization\":2}", 200)]
    [InlineData("consent", "{\"adUserData\":3}", 400)]
    [InlineData("termsOfService", "{\"customerMatchTermsOfServiceStatus\":1}", 200)]
    [InlineData("termsOfService", "{\"customerMatchTermsOfServiceStatus\":2}", 400)]
    [InlineData("termsOfService", "{\"customerMatchTermsOfServiceStatus\":0}", 400)]
    public async Task An_enum_is_sent_as_name_or_number(string field, string value, int status)
    {
        await using var sandbox = await StartAsync();
        var body = Body(Email("a"));
        body[field] = JsonSerializer.Deserialize<JsonElement>(value);

        (await sandbox.PostAsync(Ingest + "?$alt=json%3Benum-encoding=int&$prettyPrint=0", body)).Status.ShouldBe(status);
    }

    [Fact]
    public async Task A_refused_consent_as_a_number_is_a_refused_consent()
    {
        await using var sandbox = await StartAsync();
        var body = Body(Email("a"));
        body["consent"] = new { adUserData = 2, adPersonalization = 1 };
        await sandbox.PostAsync(Ingest, body);
        sandbox.Complete();
        (await sandbox.HeldAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("accountType", 1, 200)]
    [InlineData("product", 1, 200)]
    [InlineData("accountType", 5, 400)]
    [InlineData("accountType", 99, 400)]
    [InlineData("product", 5, 400)]
    public async Task The_type_of_an_account_is_also_accepted_as_a_number(string name, int number, int status)
    {
        await using var sandbox = await StartAsync();
        var body = Body(Email("a"));
        body["destinations"] = new[]
        {
            new Dictionary<string, object>
            {
                ["operatingAccount"] = new Dictionary<string, object> { [name] = number, ["accountId"] = Account },
                ["productDestinationId"] = ListId,
            },
        };
        (await sandbox.PostAsync(Ingest, body)).Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("1", "CONTACT_ID")]
    [InlineData("3", "USER_ID")]
    [InlineData("\"USER_ID\"", "USER_ID")]
    [InlineData("4", null)]
    [InlineData("9", null)]
    [InlineData("1,3", null)]
    public async Task The_kind_and_the_state_of_a_list_are_accepted_as_numbers(string kinds, string? kind)
    {
        await using var sandbox = await StartAsync();
        var made = await sandbox.PostAsync(
            Lists,
            $$$"""{"displayName":"x","membershipStatus":2,"ingestedUserListInfo":{"uploadKeyTypes":[{{{kinds}}}]}}"""
        );
        made.Status.ShouldBe(kind is null ? 400 : 200, made.Text);
        if (kind is not null)
        {
            made.Json.GetProperty("ingestedUserListInfo").GetProperty("uploadKeyTypes")[0].GetString().ShouldBe(kind);
            made.Json.GetProperty("membershipStatus").GetString().ShouldBe("CLOSED");
        }
    }

    [Theory]
    [InlineData("display_name = \"q\"", "q")]
    [InlineData("display_name=\"q\"", "q")]
    [InlineData("display_name = q", "q")]
    [InlineData("display_name = 'q'", "q")]
    [InlineData("display_name = \"Q\"", "")]
    [InlineData("display_name = \"a \\\"b\\\" c\"", "a \"b\" c")]
    [InlineData("display_name != \"q\" AND display_name : \"q\"", "qrs")]
    [InlineData("display_name : \"q\" AND membership_status = \"OPEN\"", "q|qrs")]
    [InlineData("display_name IN (\"q\", \"qrs\")", "q|qrs")]
    [InlineData("display_name : \"q\" AND ingested_user_list_info.upload_key_types : \"USER_ID\"", "qrs")]
    [InlineData("id = 7090784486", "Sandbox audience 7090784486")]
    [InlineData("id <= 7090784487 AND id > 7090784486", "Sandbox audience 7090784487")]
    public async Task Lists_are_filtered(string filter, string names)
    {
        await using var sandbox = await StartAsync();
        foreach (var (name, kind) in new[] { ("q", "CONTACT_ID"), ("qrs", "USER_ID"), ("a \"b\" c", "CONTACT_ID") })
        {
            var made = JsonSerializer.Serialize(new { displayName = name, ingestedUserListInfo = new { uploadKeyTypes = new[] { kind } } });
            (await sandbox.PostAsync(Lists, made)).Status.ShouldBe(200);
        }

        var response = await sandbox.GetAsync($"{Lists}?filter={Uri.EscapeDataString(filter)}");

        response.Status.ShouldBe(200, response.Text);
        var found = response.Json.TryGetProperty("userLists", out var lists)
            ? lists.EnumerateArray().Select(list => list.GetProperty("displayName").GetString())
            : [];
        string.Join('|', found).ShouldBe(names);
    }

    [Theory]
    [InlineData("color = \"red\"")]
    [InlineData("display_name")]
    [InlineData("display_name =")]
    [InlineData("display_name = \"x")]
    [InlineData("display_name = \"x\" display_name = \"y\"")]
    [InlineData("display_name < \"x\"")]
    [InlineData("id = \"abc\"")]
    [InlineData("id = 99999999999999999999999")]
    [InlineData("= \"x\"")]
    [InlineData("display_name IN (\"x\"")]
    [InlineData("display_name = \"x\" AND")]
    public async Task A_filter_that_cannot_be_read_is_refused(string filter)
    {
        await using var sandbox = await StartAsync();
        (await sandbox.GetAsync($"{Lists}?filter={Uri.EscapeDataString(filter)}")).Violation().ShouldBe(("filter", "INVALID_FILTER"));
    }

    [Fact]
    public async Task Any_filter_text_is_parsed_or_refused()
    {
        const int seed = 20261129;
        const string letters = "id=<>!:\"'\\ AND()IN,x9_.display_name";
        await using var sandbox = await StartAsync(new AudienceSync.Sandbox.Google.GoogleSettings { CallsPerMinute = 10_000 });
        var random = new Random(seed);
        for (var i = 0; i < 500; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => letters[random.Next(letters.Length)])]);
            (await sandbox.GetAsync($"{Lists}?filter={Uri.EscapeDataString(text)}")).Status.ShouldBeOneOf(
                [200, 400],
                $"seed {seed}: {text}"
            );
        }
    }
}
