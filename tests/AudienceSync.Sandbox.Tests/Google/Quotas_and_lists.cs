using AudienceSync.Sandbox.Google;
using static AudienceSync.Sandbox.Tests.Google.GoogleSandbox;

namespace AudienceSync.Sandbox.Tests.Google;

public sealed class Quotas_and_lists
{
    private const string Lists = $"/v1/accountTypes/GOOGLE_ADS/accounts/{Account}/userLists";

    [Fact]
    public async Task The_minute_and_the_day_are_distinguished_and_counted_by_the_clock()
    {
        await using var sandbox = await StartAsync(
            new GoogleSettings
            {
                CallsPerMinute = 2,
                CallsPerDay = 3,
                TokenLifeS = 1_000_000,
            }
        );
        await sandbox.IngestAsync(Email("a"));
        await sandbox.IngestAsync(Email("b"));
        (await sandbox.IngestAsync(Email("c"))).QuotaLimit().ShouldBe("IngestionMutateRequestsPerMinutePerProject");
        (await sandbox.GetAsync("/v1/requestStatus:retrieve")).Status.ShouldBe(400, "reading has its own quota");
        sandbox.Clock.Advance(TimeSpan.FromMinutes(1));
        (await sandbox.IngestAsync(Email("c"))).Status.ShouldBe(200);
        (await sandbox.IngestAsync(Email("d"))).QuotaLimit().ShouldBe("IngestionMutateRequestsPerDayPerProject");
        var windows = (await sandbox.GetAsync("/admin/calls"))
            .Json.GetProperty("budgets")
            .EnumerateArray()
            .Where(budget => budget.GetProperty("group").GetString() == "IngestionMutate")
            .ToList();
        windows.Select(window => window.GetProperty("window").GetString()).ShouldBe(["minute", "day"]);
        windows.Select(window => window.GetProperty("violations").GetInt64()).ShouldBe([1, 1]);
        windows.Select(window => window.GetProperty("most").GetInt32()).ShouldBe([3, 5]);
        windows.Select(window => window.GetProperty("used").GetInt32()).ShouldBe([1, 3]);
        sandbox.Clock.Advance(TimeSpan.FromDays(1));
        (await sandbox.IngestAsync(Email("d"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_list_is_created_read_and_filled()
    {
        await using var sandbox = await StartAsync();
        var created = await sandbox.PostAsync(
            Lists,
            """{"displayName":"Cart","membershipDuration":"7776000s","ingestedUserListInfo":{"uploadKeyTypes":["CONTACT_ID"]}}"""
        );
        created.Status.ShouldBe(200, created.Text);
        var id = created.Json.GetProperty("id").GetString()!;
        created.Json.GetProperty("name").GetString().ShouldBe($"accountTypes/GOOGLE_ADS/accounts/{Account}/userLists/{id}");
        var body = Body([.. Enumerable.Range(0, 1_234).Select(person => Email($"{person}"))]);
        body["destinations"] = new[] { Destination(id) };
        (await sandbox.PostAsync("/v1/audienceMembers:ingest", body)).Status.ShouldBe(200);
        sandbox.Complete();
        var list = (await sandbox.GetAsync($"{Lists}/{id}")).Json;
        list.GetProperty("displayName").GetString().ShouldBe("Cart");
        list.GetProperty("membershipDuration").GetString().ShouldBe("7776000s");
        list.GetProperty("sizeInfo").GetProperty("searchNetworkMembersCount").GetString().ShouldBe("1200");
        (await sandbox.GetAsync($"{Lists}/{ListId}"))
            .Json.TryGetProperty("sizeInfo", out _)
            .ShouldBeFalse("below one hundred no size is reported");
    }

    [Theory]
    [InlineData("""{"ingestedUserListInfo":{"uploadKeyTypes":["CONTACT_ID"]}}""", "display_name", "REQUIRED_FIELD_MISSING")]
    [InlineData("""{"displayName":"x"}""", "ingested_user_list_info", "REQUIRED_FIELD_MISSING")]
    [InlineData(
        """{"displayName":"x","ingestedUserListInfo":{"uploadKeyTypes":["EMAIL"]}}""",
        "ingested_user_list_info.upload_key_types",
        "INVALID_ENUM_VALUE"
    )]
    [InlineData(
        """{"displayName":"x","ingestedUserListInfo":{"uploadKeyTypes":["MOBILE_ID"]}}""",
        "ingested_user_list_info.mobile_id_info",
        "REQUIRED_FIELD_MISSING"
    )]
    [InlineData(
        """{"displayName":"x","membershipDuration":"86401s","ingestedUserListInfo":{"uploadKeyTypes":["CONTACT_ID"]}}""",
        "membership_duration",
        "INVALID_ARGUMENT"
    )]
    [InlineData(
        """{"displayName":"x","membershipDuration":"46742400s","ingestedUserListInfo":{"uploadKeyTypes":["CONTACT_ID"]}}""",
        "membership_duration",
        "MEMBERSHIP_DURATION_TOO_LONG"
    )]
    [InlineData(
        """{"displayName":"Sandbox audience 7090784486","ingestedUserListInfo":{"uploadKeyTypes":["CONTACT_ID"]}}""",
        "display_name",
        "DISPLAY_NAME_ALREADY_USED"
    )]
    [InlineData("""{"displayName":"x","membershipLifeSpan":"540"}""", "", null)]
    public async Task A_list_that_breaks_a_rule_is_not_created(string body, string field, string? reason)
    {
        await using var sandbox = await StartAsync();
        (await sandbox.PostAsync(Lists, body)).Violation().ShouldBe((field, reason));
    }

    [Fact]
    public async Task Validation_only_creates_no_list_and_a_reset_removes_created_lists()
    {
        await using var sandbox = await StartAsync();
        const string Body =
            """{"displayName":"Cart","ingestedUserListInfo":{"uploadKeyTypes":["MOBILE_ID"],"mobileIdInfo":{"keySpace":"IOS","appId":"1"}}}""";
        (await sandbox.PostAsync(Lists + "?validateOnly=true", Body)).Text.ShouldBe("{}");
        (await sandbox.PostAsync(Lists, Body)).Json.GetProperty("membershipDuration").GetString().ShouldBe("46656000s");
        (await sandbox.GetAsync(Lists)).Json.GetProperty("userLists").GetArrayLength().ShouldBe(3);
        await sandbox.PostAsync("/admin/reset", "");
        (await sandbox.GetAsync(Lists)).Json.GetProperty("userLists").GetArrayLength().ShouldBe(2);
        (await sandbox.GetAsync("/admin/lists")).Json.GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task A_deleted_list_is_gone_and_its_open_jobs_fail()
    {
        await using var sandbox = await StartAsync();
        var accepted = await sandbox.IngestAsync(Email("a"));
        (await sandbox.DeleteAsync($"{Lists}/{ListId}?validateOnly=true")).Text.ShouldBe("{}");
        (await sandbox.GetAsync($"{Lists}/{ListId}")).Status.ShouldBe(200, "the call was only a validation");

        (await sandbox.DeleteAsync($"{Lists}/{ListId}")).Text.ShouldBe("{}");

        (await sandbox.GetAsync($"{Lists}/{ListId}")).Status.ShouldBe(404);
        (await sandbox.DeleteAsync($"{Lists}/{ListId}")).Status.ShouldBe(404);
        sandbox.Complete();
        (await sandbox.StateAsync(accepted)).ShouldBe("FAILED");
        (await sandbox.IngestAsync(Email("a"))).Violation().Reason.ShouldBe("INVALID_USER_LIST_ID");
        (await sandbox.DeleteAsync($"/v1/accountTypes/GOOGLE_ADS/accounts/{ForeignAccount}/userLists/1")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Lists_are_paged_and_returned_only_to_authorized_callers()
    {
        await using var sandbox = await StartAsync();
        var first = (await sandbox.GetAsync(Lists + "?pageSize=1")).Json;
        first.GetProperty("userLists")[0].GetProperty("id").GetString().ShouldBe(ListId);
        var second = (await sandbox.GetAsync($"{Lists}?pageSize=1&pageToken={first.GetProperty("nextPageToken").GetString()}")).Json;
        second.GetProperty("userLists")[0].GetProperty("id").GetString().ShouldBe(OtherList);
        second.TryGetProperty("nextPageToken", out _).ShouldBeFalse();
        (await sandbox.GetAsync($"/v1/accountTypes/GOOGLE_ADS/accounts/{ForeignAccount}/userLists")).Status.ShouldBe(403);
        (await sandbox.GetAsync(Lists + "?pageToken=x")).Violation().Reason.ShouldBe("INVALID_PAGE_TOKEN");
    }
}
