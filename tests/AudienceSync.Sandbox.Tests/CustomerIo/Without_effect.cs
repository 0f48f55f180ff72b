using static AudienceSync.Sandbox.Tests.CustomerIo.TrackSandbox;

namespace AudienceSync.Sandbox.Tests.CustomerIo;

/// <summary>Calls that are answered with success although nothing happens (contract customerio 6.1.10), and scripted faults.</summary>
public sealed class Without_effect
{
    [Fact]
    public async Task An_update_without_a_match_creates_no_one_and_an_identify_without_the_flag_does()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        var absent = """{"id":"99"}""";
        (await sandbox.BatchAsync(IdentifyItem("""{"_update":true,"a":1}""", absent))).Status.ShouldBe(200);
        (await sandbox.ExistsAsync("99")).ShouldBeFalse();
        (await sandbox.IgnoredAsync("update_without_match")).ShouldBe(1);
        (await sandbox.BatchAsync(IdentifyItem("""{"a":1}""", absent))).Status.ShouldBe(200);
        (await sandbox.AttributeAsync("a", "99")).ShouldBe("1");
    }

    [Fact]
    public async Task An_unknown_or_deleted_cio_id_is_ignored()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        const string Delete = """{"type":"person","action":"delete","identifiers":{"id":"1"}}""";
        (await sandbox.BatchAsync(Delete)).Status.ShouldBe(200);
        (await sandbox.BatchAsync(IdentifyItem("""{"a":1}""", """{"cio_id":"d90001"}"""))).Status.ShouldBe(200);
        (
            await sandbox.BatchAsync(EventItem(Ulid).Replace("\"id\":\"1\"", "\"cio_id\":\"ffff\"", StringComparison.Ordinal))
        ).Status.ShouldBe(200);
        (await sandbox.IgnoredAsync("cio_id_unknown")).ShouldBe(2);
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"events_create_people":false}""", false)]
    public async Task An_event_creates_an_unknown_person_unless_it_is_switched_off(string settings, bool creates)
    {
        await using var sandbox = await TrackSandbox.StartAsync(settings);
        (await sandbox.BatchAsync(EventItem(Ulid, person: "99"))).Status.ShouldBe(200);
        (await sandbox.ExistsAsync("99")).ShouldBe(creates);
        (await sandbox.IgnoredAsync("no_such_person")).ShouldBe(creates ? 0 : 1);
    }

    [Fact]
    public async Task A_suppressed_person_is_deleted_and_blocked_under_both_identifiers()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        (await sandbox.SendAsync(HttpMethod.Post, "/customerio/api/v1/customers/1/suppress", null)).Status.ShouldBe(200);
        (await sandbox.ExistsAsync("1")).ShouldBeFalse();
        (await sandbox.BatchAsync(EventItem(Ulid), IdentifyItem("""{"a":1}""", """{"email":"Ann@example.com"}"""))).Status.ShouldBe(200);
        (await sandbox.IgnoredAsync("suppressed")).ShouldBe(2);
        (await sandbox.SendAsync(HttpMethod.Post, "/customerio/api/v1/customers/1/unsuppress", null)).Status.ShouldBe(200);
        (await sandbox.BatchAsync(EventItem(OtherUlid))).Status.ShouldBe(200);
        (await sandbox.EventsAsync()).ShouldBe([$"{OtherUlid} audience_synced x1"]);
    }

    [Fact]
    public async Task Version_2_blocks_without_deleting()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        await sandbox.BatchAsync("""{"type":"person","action":"suppress","identifiers":{"id":"1"}}""", EventItem(Ulid));
        (await sandbox.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Identifiers_of_two_people_in_one_update_change_neither()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        var body = """{"email":"bob@example.com","a":1}""";
        (await sandbox.SendAsync(HttpMethod.Put, "/customerio/api/v1/customers/1", body)).Status.ShouldBe(200);
        (await sandbox.AttributeAsync("a")).ShouldBeNull();
        (await sandbox.IgnoredAsync("two_people")).ShouldBe(1);
    }

    [Fact]
    public async Task Traffic_over_the_limit_is_dropped_and_never_answered_with_429()
    {
        await using var sandbox = await TrackSandbox.StartAsync("""{"requests_per_second":2,"drop_over_limit":true}""");
        foreach (var id in new[] { Ulid, OtherUlid, "01E4C4CT6YDC7Y5M7FE1GWWPQM" })
        {
            (await sandbox.BatchAsync(EventItem(id))).Status.ShouldBe(200);
        }

        (await sandbox.EventsAsync()).Length.ShouldBe(2);
        (await sandbox.IgnoredAsync("over_limit")).ShouldBe(1);
    }

    [Theory]
    [InlineData("server_error", 500)]
    [InlineData("html_error", 502)]
    [InlineData("token_expired", 401)]
    [InlineData("bad_request", 400)]
    [InlineData("silent_drop", 200)]
    public async Task A_fault_applies_nothing(string kind, int status)
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        await FaultAsync(sandbox, kind);
        (await sandbox.BatchAsync(EventItem(Ulid))).Status.ShouldBe(status);
        (await sandbox.EventsAsync()).ShouldBeEmpty();
        (await sandbox.BatchAsync(EventItem(Ulid))).Status.ShouldBe(200);
        (await sandbox.EventsAsync()).ShouldBe([$"{Ulid} audience_synced x1"]);
    }

    [Theory]
    [InlineData("partial", "internal", new[] { 1, 2 })]
    [InlineData("invalid_rows", "invalid", new[] { 0 })]
    public async Task A_share_of_the_items_is_refused(string kind, string reason, int[] refused)
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        await FaultAsync(sandbox, kind);
        var response = await sandbox.BatchAsync(EventItem(Ulid), EventItem(OtherUlid), IdentifyItem("""{"a":1}"""));
        response.Status.ShouldBe(207);
        var errors = response.Json.GetProperty("errors").EnumerateArray().ToList();
        errors.Select(error => error.GetProperty("batch_index").GetInt32()).ShouldBe(refused);
        errors.ShouldAllBe(error => error.GetProperty("reason").GetString() == reason);
        var listed = (await sandbox.Running.GetAsync($"/admin/customerio/{Site}/refused")).Json.EnumerateArray().ToList();
        listed.Count.ShouldBe(refused.Length);
        listed[0].GetProperty("event_id").GetString().ShouldBe(kind == "partial" ? OtherUlid : Ulid);
        (await sandbox.EventsAsync()).ShouldHaveSingleItem();
        (await sandbox.AttributeAsync("a")).ShouldBe(kind == "partial" ? null : "1");
    }

    [Theory]
    [InlineData("drop_before", 0)]
    [InlineData("drop_after", 1)]
    public async Task A_dropped_connection_comes_before_or_after_the_effect(string kind, int events)
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        await FaultAsync(sandbox, kind);
        await Should.ThrowAsync<Exception>(() => sandbox.BatchAsync(EventItem(Ulid)));
        (await sandbox.EventsAsync()).Length.ShouldBe(events);
        (await sandbox.BatchAsync(EventItem(Ulid))).Status.ShouldBe(200);
        (await sandbox.EventsAsync()).ShouldBe([$"{Ulid} audience_synced x{events + 1}"]);
    }

    [Theory]
    [InlineData("""{"kind":"throttle","platform":"customerio","operation":"feedback"}""")]
    [InlineData("""{"kind":"token_expired","platform":"customerio","operation":"metrics"}""")]
    [InlineData("""{"kind":"partial","platform":"customerio"}""")]
    [InlineData("""{"kind":"bad_request","platform":"meta"}""")]
    public async Task A_fault_that_the_api_does_not_have_is_refused(string rule)
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        (await sandbox.Running.SendAsync(HttpMethod.Post, "/admin/faults", rule)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_reset_forgets_people_and_keeps_credentials()
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        await sandbox.BatchAsync(EventItem(Ulid));
        (await sandbox.Running.SendAsync(HttpMethod.Post, "/admin/reset", null)).Status.ShouldBe(204);
        (await sandbox.ExistsAsync("1")).ShouldBeFalse();
        (await sandbox.BatchAsync(EventItem(Ulid))).Status.ShouldBe(200);
        (await sandbox.EventsAsync()).ShouldBe([$"{Ulid} audience_synced x1"]);
    }

    [Theory]
    [InlineData("""{"platform":"customerio","account":"a b","token":"t"}""")]
    [InlineData("""{"platform":"customerio","account":"a","token":"t","audiences":["1"]}""")]
    [InlineData("""{"platform":"customerio","account":"a","token":"t","customerio":{"region":"asia"}}""")]
    [InlineData("""{"platform":"tiktok","account":"7","token":"t","customerio":{}}""")]
    public async Task An_invalid_account_is_refused(string account)
    {
        await using var sandbox = await TrackSandbox.StartAsync();
        (await sandbox.Running.SendAsync(HttpMethod.Post, "/admin/accounts", account)).Status.ShouldBe(400);
    }

    private static Task FaultAsync(TrackSandbox sandbox, string kind) =>
        sandbox.Running.FaultAsync(
            new
            {
                kind,
                platform = "customerio",
                operation = "feedback",
                count = 1,
            }
        );
}
