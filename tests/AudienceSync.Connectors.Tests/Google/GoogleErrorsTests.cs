using AudienceSync.Connectors.Google;
using AudienceSync.Domain.Syncing;
using static AudienceSync.Connectors.Tests.Google.GoogleAccountOnWire;

namespace AudienceSync.Connectors.Tests.Google;

/// <summary>Each documented reason and status, once as the contract states it and once through the table.</summary>
public sealed class GoogleErrorsTests
{
    /// <summary>Contracts/google.md 6.5: every reason it names, with the decision.</summary>
    private const string Contract = """
        INTERNAL_ERROR RETRY
        DEADLINE_EXCEEDED RETRY
        RESOURCE_EXHAUSTED THROTTLE
        NOT_FOUND LIST
        PERMISSION_DENIED ACCOUNT
        INVALID_ARGUMENT LIST
        REQUIRED_FIELD_MISSING MEMBER
        INVALID_FORMAT MEMBER
        INVALID_HEX_ENCODING MEMBER
        INVALID_BASE64_ENCODING MEMBER
        INVALID_SHA256_FORMAT MEMBER
        INVALID_POSTAL_CODE MEMBER
        INVALID_ENUM_VALUE LIST
        INVALID_USER_LIST_TYPE LIST
        INVALID_AUDIENCE_MEMBER MEMBER
        TOO_MANY_AUDIENCE_MEMBERS SPLIT
        TOO_MANY_USER_IDENTIFIERS MEMBER
        TOO_MANY_DESTINATIONS LIST
        INVALID_DESTINATION LIST
        INVALID_MOBILE_ID_FORMAT MEMBER
        INVALID_USER_LIST_ID LIST
        MULTIPLE_DATA_TYPES_NOT_ALLOWED LIST
        TERMS_AND_CONDITIONS_NOT_SIGNED ACCOUNT
        DUPLICATE_DESTINATION_REFERENCE LIST
        NO_IDENTIFIERS_PROVIDED MEMBER
        NOT_ALLOWLISTED ACCOUNT
        INVALID_REQUEST_ID LIST
        TOO_MANY_ELEMENTS SPLIT
        ALREADY_EXISTS LIST
        IMMUTABLE_FIELD_FOR_UPDATE LIST
        INVALID_FILTER LIST
        INVALID_UPDATE_MASK LIST
        INVALID_PAGE_TOKEN LIST
        DISPLAY_NAME_ALREADY_USED LIST
        OWNERSHIP_REQUIRED_FOR_UPDATE LIST
        ADVERTISER_NOT_ALLOWLISTED_FOR_UPLOADED_DATA ACCOUNT
        MEMBERSHIP_DURATION_TOO_LONG LIST
        EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED ACCOUNT
        INVALID_REGION_CODE MEMBER
        DESTINATION_ACCOUNT_TYPE_MISMATCH ACCOUNT
        INVALID_REMOVE_AS_OF_TIME LIST
        REQUIRED_PREREQUISITE_LINK_MISSING ACCOUNT
        """;

    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>();
        foreach (var line in Contract.Split('\n', StringSplitOptions.TrimEntries))
        {
            rows.Add(line.Split(' ')[0], line.Split(' ')[1]);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_documented_reason_has_the_outcome_of_the_contract(string reason, string decision)
    {
        var expected = decision switch
        {
            "RETRY" => OutcomeKind.Retry,
            "THROTTLE" => OutcomeKind.Snooze,
            "SPLIT" or "MEMBER" => OutcomeKind.SplitBatch,
            "ACCOUNT" => OutcomeKind.StopAccount,
            _ => OutcomeKind.StopAudience,
        };

        foreach (
            var body in new[]
            {
                Error(400, "INVALID_ARGUMENT", reason),
                Error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", null, ("destinations[0]", reason)),
            }
        )
        {
            var result = await new GoogleAccountOnWire(new TokenedNetwork((400, body))).AddAsync(Cloudy);

            result.Outcome.Kind.ShouldBe(expected);
            result.Outcome.Code.ShouldBe(decision == "THROTTLE" ? "google_quota_minute" : $"google_{reason.ToLowerInvariant()}");
            result.PlatformRequestId.ShouldBe("t-1");
            result.Rejected.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Every_row_of_the_table_is_a_case_above_and_every_case_above_has_a_row() =>
        GoogleErrors.Reasons.Select(rule => rule.Code).ShouldBe(Rows().Select(row => (string)row[0]), ignoreOrder: true);

    [Theory]
    [InlineData(400, "INVALID_ARGUMENT", OutcomeKind.StopAudience, "google_invalid_argument")]
    [InlineData(400, "FAILED_PRECONDITION", OutcomeKind.StopAudience, "google_failed_precondition")]
    [InlineData(401, "UNAUTHENTICATED", OutcomeKind.StopAccount, "google_unauthenticated")]
    [InlineData(403, "PERMISSION_DENIED", OutcomeKind.StopAccount, "google_permission_denied")]
    [InlineData(404, "NOT_FOUND", OutcomeKind.StopAudience, "google_not_found")]
    [InlineData(409, "ABORTED", OutcomeKind.Retry, "google_aborted")]
    [InlineData(429, "RESOURCE_EXHAUSTED", OutcomeKind.Snooze, "google_quota_minute")]
    [InlineData(500, "INTERNAL", OutcomeKind.Retry, "google_internal")]
    [InlineData(503, "UNAVAILABLE", OutcomeKind.Retry, "google_unavailable")]
    [InlineData(504, "DEADLINE_EXCEEDED", OutcomeKind.Retry, "google_deadline_exceeded")]
    public async Task A_status_without_a_reason_has_the_outcome_of_the_contract(int http, string status, OutcomeKind kind, string code)
    {
        GoogleErrors.Statuses.ShouldContain(row => row.Http == http && row.Rule.Code == status);
        var result = await new GoogleAccountOnWire(new TokenedNetwork((http, Error(http, status)))).AddAsync(Cloudy);

        result.Outcome.Kind.ShouldBe(kind);
        result.Outcome.Code.ShouldBe(code);
    }

    [Fact]
    public void The_ten_statuses_above_are_all() => GoogleErrors.Statuses.Count.ShouldBe(10);

    [Theory]
    [InlineData(400, "INVALID_ARGUMENT", "BRAND_NEW", OutcomeKind.Retry, "google_unknown_brand_new")]
    [InlineData(418, "TEAPOT", null, OutcomeKind.Retry, "google_unknown_418")]
    [InlineData(403, "PERMISSION_DENIED", "SERVICE_DISABLED", OutcomeKind.StopAccount, "google_permission_denied")]
    [InlineData(503, "NEW_WORD", null, OutcomeKind.Retry, "google_unavailable")]
    [InlineData(400, "ann@example.com", "ann@example.com", OutcomeKind.Retry, "google_unknown_400")]
    public async Task A_response_without_a_row_is_retried_within_the_limits_of_the_engine(
        int http,
        string status,
        string? reason,
        OutcomeKind kind,
        string code
    ) =>
        (await new GoogleAccountOnWire(new TokenedNetwork((http, Error(http, status, reason)))).AddAsync(Cloudy)).Outcome.ShouldBe(
            new Outcome(kind, code)
        );

    [Theory]
    [InlineData("IngestionMutateRequestsPerMinutePerProject", "google_quota_minute", 60)]
    [InlineData("IngestionReadRequestsPerMinutePerProject", "google_quota_minute", 60)]
    [InlineData("ManagementMutateRequestsPerMinutePerProject", "google_quota_minute", 60)]
    [InlineData("ManagementReadRequestsPerMinutePerProject", "google_quota_minute", 60)]
    [InlineData(null, "google_quota_minute", 60)]
    [InlineData("IngestionMutateRequestsPerDayPerProject", "google_quota_day", 8 * 3600)]
    [InlineData("IngestionReadRequestsPerDayPerProject", "google_quota_day", 8 * 3600)]
    [InlineData("ManagementMutateRequestsPerDayPerProject", "google_quota_day", 8 * 3600)]
    [InlineData("ManagementReadRequestsPerDayPerProject", "google_quota_day", 8 * 3600)]
    public async Task A_per_minute_quota_waits_a_minute_and_a_daily_quota_until_its_reset(string? quota, string code, int wait_s)
    {
        // The clock of the test is at midnight UTC.
        var body = Error(429, "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED", quota);

        (await new GoogleAccountOnWire(new TokenedNetwork((429, body))).AddAsync(Cloudy)).Outcome.ShouldBe(
            new Outcome(OutcomeKind.Snooze, code, TimeSpan.FromSeconds(wait_s))
        );
    }

    [Fact]
    public void The_daily_reset_is_never_in_the_past_and_never_more_than_a_day_ahead()
    {
        var day = new DateTimeOffset(2026, 3, 8, 0, 0, 0, TimeSpan.Zero);
        for (var minute = 0; minute < 2 * 24 * 60; minute += 30)
        {
            var now = day.AddMinutes(minute).ToOffset(TimeSpan.FromHours(-7));
            var wait = GoogleLimits.UntilDailyReset(now);
            wait.ShouldBeInRange(TimeSpan.FromTicks(1), TimeSpan.FromDays(1));
            (now + wait).UtcDateTime.Hour.ShouldBe(8);
        }
    }

    [Theory]
    [InlineData(200, "<html>", OutcomeKind.Retry, "not_json")]
    [InlineData(502, "<html>", OutcomeKind.Retry, "not_json")]
    [InlineData(413, "<html>", OutcomeKind.SplitBatch, "http_413")]
    [InlineData(200, "[]", OutcomeKind.Retry, "not_understood")]
    [InlineData(302, "{}", OutcomeKind.Retry, "http_302")]
    [InlineData(400, "{\"error\":\"x\"}", OutcomeKind.Retry, "http_400")]
    [InlineData(
        400,
        "{\"error\":{\"details\":[1,{\"@type\":2},{\"@type\":\"x.BadRequest\","
            + "\"fieldViolations\":[3,{\"field\":\"audience_members[99999999999]\"}]}]}}",
        OutcomeKind.Retry,
        "google_unknown_400"
    )]
    public async Task Any_other_response_has_an_outcome_and_never_throws(int status, string body, OutcomeKind kind, string code)
    {
        var result = await new GoogleAccountOnWire(new TokenedNetwork((status, body))).AddAsync(Cloudy);

        result.Outcome.ShouldBe(new Outcome(kind, code));
        result.HttpStatus.ShouldBe(status);
    }
}
