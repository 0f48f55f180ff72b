using System.Text.Json;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.Google;

/// <summary>What became of a request (contracts/google.md 6.7). It tells how many rows failed and why, never which.</summary>
internal static class GoogleJobStatus
{
    private const string ReasonHead = "PROCESSING_ERROR_REASON_";

    private static readonly RefusedMember[] Nobody = [];

    /// <summary>The reasons the contract names; of others we say only that they are unknown.</summary>
    private static readonly HashSet<string> Reasons =
    [
        "DENIED_CONSENT", "NO_CONSENT", "UNKNOWN_CONSENT", "INVALID_FORMAT", "INVALID_MOBILE_ID_FORMAT", "INTERNAL_ERROR",
    ];

    public static JobReport Read(ReadOnlyMemory<byte> body, TimeSpan nextLook)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonFields.Options);

            // Our requests have one destination; an answer without it is one that is not ready.
            var states = document.RootElement.Items("requestStatusPerDestination").Select(state => Of(state, nextLook)).ToList();
            return states.Find(report => report.State == JobState.Failed) ?? states.Find(report => report.State == JobState.Running)
                ?? states.FirstOrDefault() ?? Running("google_status_missing", nextLook);
        }
        catch (JsonException)
        {
            return Running("not_json", nextLook);
        }
    }

    private static JobReport Of(JsonElement destination, TimeSpan nextLook)
    {
        var counts = destination.Object("errorInfo") is { } info ? info.Items("errorCounts").ToList() : [];
        var refused = (int)Math.Clamp(counts.Sum(count => count.Number("recordCount") ?? 0), 0, int.MaxValue);
        var reason = counts.Count == 0 ? "" : $"_{ReasonOf(counts.MaxBy(count => count.Number("recordCount") ?? 0).Name("reason"))}";
        return destination.Name("requestStatus") switch
        {
            "SUCCESS" => new JobReport(JobState.Confirmed, Nobody, "confirmed"),
            "PARTIAL_SUCCESS" => new JobReport(JobState.Confirmed, Nobody, $"google_partial{reason}", refused),

            // The proto and the page spell it differently (6.7).
            "FAILED" or "FAILURE" => new JobReport(JobState.Failed, Nobody, $"google_failed{reason}", refused),
            "PROCESSING" => Running("running", nextLook),
            _ => Running("google_status_unknown", nextLook),
        };
    }

    private static string ReasonOf(string? reason)
    {
        var name = reason?.StartsWith(ReasonHead, StringComparison.Ordinal) == true ? reason[ReasonHead.Length..] : "";
        return Reasons.Contains(name) ? name.ToLowerInvariant() : name.Contains("DECRYPTION", StringComparison.Ordinal) ? "decryption" : "unknown_reason";
    }

    private static JobReport Running(string code, TimeSpan nextLook) => new(JobState.Running, Nobody, code, AskAgainAfter: nextLook);
}
