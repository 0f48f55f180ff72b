using AudienceSync.Sandbox.Google;
using static AudienceSync.Sandbox.Tests.Google.GoogleSandbox;
using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests.Google;

public sealed class Jobs
{
    [Fact]
    public async Task A_request_is_processing_until_its_time_has_passed_and_then_reports_its_counts()
    {
        await using var sandbox = await StartAsync(new GoogleSettings { JobS = 1_800 });
        var accepted = await sandbox.IngestAsync(Email("a"), Email("b"));
        sandbox.Clock.Advance(TimeSpan.FromSeconds(1_799));
        (await sandbox.StateAsync(accepted)).ShouldBe("PROCESSING");
        sandbox.Clock.Advance(TimeSpan.FromSeconds(1));
        var status = await sandbox.StatusAsync(accepted);
        status.GetProperty("requestStatus").GetString().ShouldBe("SUCCESS");
        status.GetProperty("destination").GetProperty("productDestinationId").GetString().ShouldBe(ListId);
        status.TryGetProperty("errorInfo", out _).ShouldBeFalse();
        var counts = status.GetProperty("audienceMembersIngestionStatus").GetProperty("userDataIngestionStatus");
        counts.GetProperty("recordCount").GetString().ShouldBe("2");
        counts.GetProperty("userIdentifierCount").GetString().ShouldBe("2");
        (await sandbox.HeldAsync()).ShouldBe(Sorted("a", "b"));
    }

    [Fact]
    public async Task Validation_only_stores_nothing_and_its_id_cannot_be_retrieved()
    {
        await using var sandbox = await StartAsync();
        var body = Body(Email("a"));
        body["validateOnly"] = true;
        var response = await sandbox.PostAsync("/v1/audienceMembers:ingest", body);
        response.Status.ShouldBe(200);
        sandbox.Complete();
        var id = response.Json.GetProperty("requestId").GetString();
        (await sandbox.GetAsync($"/v1/requestStatus:retrieve?requestId={id}")).Violation().Reason.ShouldBe("INVALID_REQUEST_ID");
        (await sandbox.GetAsync("/v1/requestStatus:retrieve")).Violation().Reason.ShouldBe("INVALID_REQUEST_ID");
        (await sandbox.HeldAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_the_sender_of_a_request_may_read_its_status()
    {
        await using var sandbox = await StartAsync();
        var accepted = await sandbox.IngestAsync(Email("a"));
        sandbox.Token = (await sandbox.TokenAsync("refresh-2")).Json.GetProperty("access_token").GetString()!;
        var id = accepted.Json.GetProperty("requestId").GetString();
        (await sandbox.GetAsync($"/v1/requestStatus:retrieve?requestId={id}")).Violation().Reason.ShouldBe("INVALID_REQUEST_ID");
    }

    [Fact]
    public async Task A_member_with_denied_consent_is_accepted_never_added_and_reported_in_the_status()
    {
        await using var sandbox = await StartAsync();
        var denied = new
        {
            userData = new { userIdentifiers = new[] { new { emailAddress = Hash("no") } } },
            consent = new { adUserData = "CONSENT_DENIED", adPersonalization = "CONSENT_GRANTED" },
        };
        var some = await sandbox.IngestAsync(Email("yes"), denied);
        var all = await sandbox.IngestAsync(denied);
        sandbox.Complete();
        var status = await sandbox.StatusAsync(some);
        status.GetProperty("requestStatus").GetString().ShouldBe("PARTIAL_SUCCESS");
        status
            .GetProperty("errorInfo")
            .GetRawText()
            .ShouldBe("""{"errorCounts":[{"recordCount":"1","reason":"PROCESSING_ERROR_REASON_DENIED_CONSENT"}]}""");
        (await sandbox.StateAsync(all)).ShouldBe("FAILED");
        (await sandbox.HeldAsync()).ShouldBe(Sorted("yes"));
        (await sandbox.TotalsAsync("add")).GetProperty("invalid").GetInt64().ShouldBe(2);
    }

    [Fact]
    public async Task A_missing_consent_is_reported_only_where_it_is_required()
    {
        await using var sandbox = await StartAsync(new GoogleSettings { ConsentRequired = true });
        var body = Body(Email("a"));
        body.Remove("consent");
        var accepted = await sandbox.PostAsync("/v1/audienceMembers:ingest", body);
        sandbox.Complete();
        (await sandbox.StatusAsync(accepted))
            .GetProperty("errorInfo")
            .GetProperty("errorCounts")[0]
            .GetProperty("reason")
            .GetString()
            .ShouldBe("PROCESSING_ERROR_REASON_NO_CONSENT");
        body["consent"] = new { adUserData = "GRANTED" };
        (await sandbox.PostAsync("/v1/audienceMembers:ingest", body)).Violation().ShouldBe(("consent.ad_user_data", "INVALID_ENUM_VALUE"));
    }

    [Fact]
    public async Task The_hash_of_the_empty_string_is_counted_and_not_added()
    {
        await using var sandbox = await StartAsync();
        var accepted = await sandbox.IngestAsync(Email(""), Email("a"));
        sandbox.Complete();
        (await sandbox.StateAsync(accepted)).ShouldBe("PARTIAL_SUCCESS");
        (await sandbox.HeldAsync()).ShouldBe(Sorted("a"));
        (await sandbox.TotalsAsync("add")).GetProperty("empty_hash").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task Remove_all_removes_members_last_added_before_its_time()
    {
        await using var sandbox = await StartAsync(new GoogleSettings { TokenLifeS = 86_400 });
        await sandbox.IngestAsync(Email("old"), Email("again"));
        sandbox.Clock.Advance(TimeSpan.FromHours(1));
        var time = sandbox.Clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
        await sandbox.IngestAsync(Email("again"), Email("new"));
        sandbox.Clock.Advance(TimeSpan.FromHours(1));
        var accepted = await sandbox.RemoveAllAsync(time);
        sandbox.Complete();
        (await sandbox.HeldAsync()).ShouldBe(Sorted("again", "new"));
        (await sandbox.StatusAsync(accepted)).TryGetProperty("removeAllAudienceMembersStatus", out _).ShouldBeTrue();
        await sandbox.RemoveAllAsync();
        sandbox.Complete();
        (await sandbox.HeldAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Members_sent_after_the_time_of_a_remove_all_survive_it_although_it_completes_later()
    {
        await using var sandbox = await StartAsync();
        await sandbox.IngestAsync(Email("old"));
        sandbox.Complete();
        await sandbox.FaultAsync(
            new
            {
                kind = "job_slow",
                job_s = 600,
                operation = "remove_all",
                count = 1,
            }
        );
        await sandbox.RemoveAllAsync();
        sandbox.Clock.Advance(TimeSpan.FromSeconds(1));
        await sandbox.IngestAsync(Email("new"));
        sandbox.Clock.Advance(TimeSpan.FromSeconds(600));
        (await sandbox.HeldAsync()).ShouldBe(Sorted("new"));
    }

    [Theory]
    [InlineData("2023-10-15T00:00:01Z", "INVALID_REMOVE_AS_OF_TIME")]
    [InlineData("2023-10-14", "INVALID_FORMAT")]
    [InlineData("2023-10-14T10:00:00", "INVALID_FORMAT")]
    [InlineData("yesterday", "INVALID_FORMAT")]
    public async Task A_time_in_the_future_or_in_another_format_is_refused(string time, string reason)
    {
        await using var sandbox = await StartAsync();
        (await sandbox.RemoveAllAsync(time)).Violation().ShouldBe(("remove_as_of_time", reason));
    }

    [Fact]
    public async Task Jobs_complete_in_the_order_of_acceptance_unless_a_seeded_jitter_reorders_them()
    {
        (await OutcomesAsync(new GoogleSettings())).ShouldBe(new string('-', 20), "every removal was applied after its add");
        var mixed = await OutcomesAsync(new GoogleSettings { JobJitterS = 600, Seed = 5 });
        mixed.ShouldContain('+');
        mixed.ShouldContain('-');
        (await OutcomesAsync(new GoogleSettings { JobJitterS = 600, Seed = 5 })).ShouldBe(mixed);
        (await OutcomesAsync(new GoogleSettings { JobJitterS = 600, Seed = 6 })).ShouldNotBe(mixed);
    }

    private static async Task<string> OutcomesAsync(GoogleSettings settings)
    {
        await using var sandbox = await StartAsync(settings);
        for (var person = 0; person < 20; person++)
        {
            await sandbox.IngestAsync(Email($"{person}"));
            await sandbox.RemoveAsync(Email($"{person}"));
        }

        sandbox.Clock.Advance(TimeSpan.FromHours(1));
        var held = await sandbox.HeldAsync();
        return string.Concat(Enumerable.Range(0, 20).Select(person => held.Contains(Hash($"{person}")) ? '+' : '-'));
    }
}
