using System.Text.Json;
using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Google;

/// <summary>The status of a request (contracts/google.md 6.7). It contains how many rows failed and why, never which.</summary>
internal static class GoogleJobStatus
{
    private const string ReasonHead = "PROCESSING_ERROR_REASON_";

    private static readonly RefusedMember[] NoMembers = [];

    /// <summary>The reasons listed in the contract; others are reported only as unknown.</summary>
    private static readonly HashSet<string> Reasons =
    [
        "DENIED_CONSENT",
        "NO_CONSENT",
        "UNKNOWN_CONSENT",
        "INVALID_FORMAT",
        "INVALID_MOBILE_ID_FORMAT",
        "INTERNAL_ERROR",
    ];

    public static JobReport Read(ReadOnlyMemory<byte> body, TimeSpan nextPoll)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonFields.Options);

            // Our requests have one destination; a response without it is not ready yet.
            var states = document.RootElement.Items("requestStatusPerDestination").Select(state => Of(state, nextPoll)).ToList();
            return states.Find(report => report.State == JobState.Failed)
                ?? states.Find(report => report.State == JobState.Running)
                ?? states.FirstOrDefault()
                ?? Running("google_status_missing", nextPoll);
        }
        catch (JsonException)
        {
            return Running("not_json", nextPoll);
        }
    }

    private static JobReport Of(JsonElement destination, TimeSpan nextPoll)
    {
        var counts = destination.Object("errorInfo") is { } info ? info.Items("errorCounts").ToList() : [];
        var refused = (int)Math.Clamp(counts.Sum(count => count.Number("recordCount") ?? 0), 0, int.MaxValue);
        var reason = counts.Count == 0 ? "" : $"_{ReasonOf(counts.MaxBy(count => count.Number("recordCount") ?? 0).Name("reason"))}";
        return destination.Name("requestStatus") switch
        {
            "SUCCESS" => new JobReport(JobState.Confirmed, NoMembers, "confirmed"),
            "PARTIAL_SUCCESS" => new JobReport(JobState.Confirmed, NoMembers, $"google_partial{reason}", refused),

            // The proto file and the documentation page spell it differently (6.7).
            "FAILED" or "FAILURE" => new JobReport(JobState.Failed, NoMembers, $"google_failed{reason}", refused),
            "PROCESSING" => Running("running", nextPoll),
            _ => Running("google_status_unknown", nextPoll),
        };
    }

    private static string ReasonOf(string? reason)
    {
        var name = reason?.StartsWith(ReasonHead, StringComparison.Ordinal) == true ? reason[ReasonHead.Length..] : "";
        return Reasons.Contains(name) ? name.ToLowerInvariant()
            : name.Contains("DECRYPTION", StringComparison.Ordinal) ? "decryption"
            : "unknown_reason";
    }

    private static JobReport Running(string code, TimeSpan nextPoll) => new(JobState.Running, NoMembers, code, PollAgainAfter: nextPoll);
}
