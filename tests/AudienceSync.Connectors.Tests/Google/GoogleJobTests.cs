using AudienceSync.Connectors.Google;

namespace AudienceSync.Connectors.Tests.Google;

/// <summary>Contracts/google.md 6.7: accepted is not confirmed.</summary>
public sealed class GoogleJobTests
{
    [Theory]
    [InlineData(
        """{"requestStatus":"SUCCESS","audienceMembersIngestionStatus":{"userDataIngestionStatus":{"recordCount":"100"}}}""",
        JobState.Confirmed,
        "confirmed",
        0
    )]
    [InlineData(
        """{"requestStatus":"PARTIAL_SUCCESS","errorInfo":{"errorCounts":[{"recordCount":"3","reason":"PROCESSING_ERROR_REASON_DENIED_CONSENT"},{"recordCount":1,"reason":"PROCESSING_ERROR_REASON_INVALID_FORMAT"}]}}""",
        JobState.Confirmed,
        "google_partial_denied_consent",
        4
    )]
    [InlineData(
        """{"requestStatus":"FAILED","errorInfo":{"errorCounts":[{"recordCount":"9","reason":"PROCESSING_ERROR_REASON_NO_CONSENT"}]}}""",
        JobState.Failed,
        "google_failed_no_consent",
        9
    )]
    [InlineData("""{"requestStatus":"FAILURE"}""", JobState.Failed, "google_failed", 0)]
    [InlineData(
        """{"requestStatus":"FAILED","errorInfo":{"errorCounts":[{"recordCount":"1","reason":"ann@example.com"}]}}""",
        JobState.Failed,
        "google_failed_unknown_reason",
        1
    )]
    [InlineData(
        """{"requestStatus":"FAILED","errorInfo":{"errorCounts":[{"recordCount":"1","reason":"PROCESSING_ERROR_REASON_KEK_DECRYPTION_FAILED"}]}}""",
        JobState.Failed,
        "google_failed_decryption",
        1
    )]
    [InlineData("""{"requestStatus":"PROCESSING"}""", JobState.Running, "running", 0)]
    [InlineData("""{"requestStatus":"REQUEST_STATUS_UNKNOWN"}""", JobState.Running, "google_status_unknown", 0)]
    public async Task Each_state_of_a_request_is_mapped_to_a_job_state(string destination, JobState state, string code, int refused)
    {
        var network = new TokenedNetwork((200, $$"""{"requestStatusPerDestination":[{{destination}}]}"""));

        var report = await PollJobAsync(network);

        report.State.ShouldBe(state);
        report.Code.ShouldBe(code);
        report.RejectedCount.ShouldBe(refused);
        report.Rejected.ShouldBeEmpty("Google reports how many, never which");
        report.PollAgainAfter.ShouldBe(state == JobState.Running ? TimeSpan.FromMinutes(30) : null);
        network.Sent[0].Url.ShouldBe(new Uri("https://datamanager.googleapis.com/v1/requestStatus:retrieve?requestId=r-1"));
    }

    [Theory]
    [InlineData(400, "INVALID_ARGUMENT", "INVALID_REQUEST_ID", JobState.Lost, "google_invalid_request_id")]
    [InlineData(404, "NOT_FOUND", null, JobState.Lost, "google_not_found")]
    [InlineData(503, "UNAVAILABLE", null, JobState.Running, "google_unavailable")]
    [InlineData(403, "PERMISSION_DENIED", null, JobState.Running, "google_permission_denied")]
    public async Task A_refused_poll_shows_whether_the_job_is_lost(int http, string status, string? reason, JobState state, string code)
    {
        var report = await PollJobAsync(new TokenedNetwork((http, GoogleAccountOnWire.Error(http, status, reason))));

        report.State.ShouldBe(state);
        report.Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"requestStatusPerDestination":[]}""")]
    [InlineData("""{"requestStatusPerDestination":[3]}""")]
    public async Task A_response_without_a_status_leaves_the_job_running(string body) =>
        (await PollJobAsync(new TokenedNetwork((200, body)))).State.ShouldBe(JobState.Running);

    [Fact]
    public void The_limits_contain_the_first_poll_and_the_membership_lifetime()
    {
        var limits = new GoogleAccountOnWire(new TokenedNetwork()).Destination.Limits;

        limits.FirstJobPoll.ShouldBe(TimeSpan.FromMinutes(30));
        limits.MembershipLifetime.ShouldBe(TimeSpan.FromDays(540));
    }

    [Fact]
    public async Task Jobs_are_polled_at_the_configured_interval()
    {
        var network = new TokenedNetwork((200, """{"requestStatusPerDestination":[{"requestStatus":"PROCESSING"}]}"""));
        var destination = new GoogleAccountOnWire(network, section => section.With("job_check_s", 2)).Destination;

        destination.Limits.FirstJobPoll.ShouldBe(TimeSpan.FromSeconds(2));
        (await destination.PollJobAsync(new JobHandle("r-1"), CancellationToken.None)).PollAgainAfter.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(86_401)]
    public void The_poll_interval_has_bounds(int seconds) =>
        GoogleSettings
            .Parse(GoogleAccountOnWire.Basic.With("job_check_s", seconds))
            .Errors.ShouldHaveSingleItem()
            .Code.ShouldBe("invalid_job_check_s");

    private static async Task<JobReport> PollJobAsync(TokenedNetwork network) =>
        await new GoogleAccountOnWire(network).Destination.PollJobAsync(new JobHandle("r-1"), CancellationToken.None);
}
