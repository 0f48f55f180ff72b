using static AudienceSync.Sandbox.Tests.Google.GoogleSandbox;

namespace AudienceSync.Sandbox.Tests.Google;

public sealed class Google_faults
{
    [Theory]
    [InlineData("server_error", 500, "INTERNAL")]
    [InlineData("ban", 403, "PERMISSION_DENIED")]
    [InlineData("conflict", 409, "ABORTED")]
    [InlineData("throttle", 429, "RESOURCE_EXHAUSTED")]
    public async Task A_scripted_error_is_returned_once_and_starts_no_job(string kind, int http, string status)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind, count = 1 });
        var response = await sandbox.IngestAsync(Email("a"));
        (response.Status, response.Status()).ShouldBe((http, status));
        sandbox.Complete();
        (await sandbox.HeldAsync()).ShouldBeEmpty();
        (await sandbox.IngestAsync(Email("a"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_scripted_throttle_requests_one_minute_of_backoff()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind = "throttle", count = 1 });
        (await sandbox.IngestAsync(Email("a"))).QuotaLimit().ShouldBe("IngestionMutateRequestsPerMinutePerProject");
        (await sandbox.IngestAsync(Email("a"))).Status.ShouldBe(200);
        (await sandbox.TotalsAsync("add")).GetProperty("budget_violations").GetInt64().ShouldBe(1);
    }

    [Theory]
    [InlineData("drop_before", 0)]
    [InlineData("drop_after", 1)]
    public async Task A_dropped_connection_starts_a_job_only_when_dropped_after(string kind, int held)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind, count = 1 });
        await Should.ThrowAsync<Exception>(() => sandbox.IngestAsync(Email("a")));
        sandbox.Complete();
        (await sandbox.HeldAsync()).Length.ShouldBe(held);
    }

    [Fact]
    public async Task An_html_error_is_a_page()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind = "html_error", count = 1 });
        var response = await sandbox.IngestAsync(Email("a"));
        response.Status.ShouldBe(502);
        response.Text.ShouldStartWith("<!DOCTYPE html>");
    }

    [Theory]
    [InlineData("partial", "PARTIAL_SUCCESS", 1)]
    [InlineData("silent_drop", "SUCCESS", 0)]
    [InlineData("job_fails", "FAILED", 0)]
    public async Task A_scripted_job_outcome_is_visible_in_its_status_and_its_list(string kind, string state, int held)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind, count = 1 });
        var accepted = await sandbox.IngestAsync(Email("a"), Email("b"));
        (await sandbox.StateAsync(accepted)).ShouldBe("PROCESSING");
        sandbox.Complete();
        (await sandbox.StateAsync(accepted)).ShouldBe(state);
        (await sandbox.HeldAsync()).Length.ShouldBe(held);
    }

    [Fact]
    public async Task A_lost_job_is_accepted_and_permanently_unknown()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { kind = "job_lost", count = 1 });
        var accepted = await sandbox.IngestAsync(Email("a"));
        accepted.Status.ShouldBe(200);
        var id = accepted.Json.GetProperty("requestId").GetString();
        (await sandbox.GetAsync($"/v1/requestStatus:retrieve?requestId={id}")).Violation().Reason.ShouldBe("INVALID_REQUEST_ID");
        sandbox.Complete();
        (await sandbox.HeldAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_slow_job_takes_its_configured_time()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(
            new
            {
                kind = "job_slow",
                job_s = 7_200,
                count = 1,
            }
        );
        var accepted = await sandbox.IngestAsync(Email("a"));
        sandbox.Clock.Advance(TimeSpan.FromSeconds(3_500));
        (await sandbox.StateAsync(accepted)).ShouldBe("PROCESSING");
        sandbox.Clock.Advance(TimeSpan.FromSeconds(3_700));
        sandbox.Token = (await sandbox.TokenAsync()).Json.GetProperty("access_token").GetString()!;
        (await sandbox.StateAsync(accepted)).ShouldBe("SUCCESS");
    }

    [Fact]
    public async Task A_deleted_list_is_gone_until_a_reset_and_fails_the_jobs_that_were_open()
    {
        await using var sandbox = await StartAsync();
        var open = await sandbox.IngestAsync(Email("a"));
        await sandbox.FaultAsync(new { kind = "list_deleted", count = 1 });
        (await sandbox.IngestAsync(Email("b"))).Violation().Reason.ShouldBe("INVALID_USER_LIST_ID");
        (await sandbox.IngestAsync(Email("b"))).Violation().Reason.ShouldBe("INVALID_USER_LIST_ID");
        (await sandbox.GetAsync($"/v1/accountTypes/GOOGLE_ADS/accounts/{Account}/userLists/{ListId}")).Status.ShouldBe(404);
        sandbox.Complete();
        (await sandbox.StateAsync(open)).ShouldBe("FAILED");
        (await sandbox.PostAsync("/admin/reset", "")).Status.ShouldBe(204);
        (await sandbox.IngestAsync(Email("b"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_status_call_can_fail_when_the_rule_names_the_operation()
    {
        await using var sandbox = await StartAsync();
        var accepted = await sandbox.IngestAsync(Email("a"));
        await sandbox.FaultAsync(new { kind = "server_error" });
        (await sandbox.StateAsync(accepted)).ShouldBe("PROCESSING", "a rule without operation matches member calls only");
        await sandbox.FaultAsync(
            new
            {
                kind = "server_error",
                operation = "status",
                count = 1,
            }
        );
        (await sandbox.GetAsync("/v1/requestStatus:retrieve?requestId=x")).Status.ShouldBe(500);
    }
}
