using System.Text.Json;
using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Google;

/// <summary>The state that a user list reports (contracts/google.md 6.3 and 4.6).</summary>
internal static class GoogleListReport
{
    public static AudienceReport Of(JsonElement list)
    {
        var sizes = list.Object("sizeInfo");
        var size = sizes is { } reported ? Sizes.Select(name => reported.Number(name)).Max() : null;
        var (state, code) = (list.Truth("readOnly"), list.Name("membershipStatus"), size) switch
        {
            (true, _, _) => (AudienceState.NeedsHuman, "google_read_only"),
            (_, "CLOSED", _) => (AudienceState.NeedsHuman, "google_closed"),
            (_, _, null or < GoogleLimits.SmallestServing) => (AudienceState.TooSmall, "google_too_small"),
            _ => (AudienceState.Ready, "google_open"),
        };
        return new AudienceReport(Outcome.Done, state, code, list.Text("displayName"), size, size)
        {
            MatchRate = list.Object("ingestedUserListInfo")?.Object("contactIdInfo")?.Int("matchRatePercentage")
                is >= 0
                    and <= 100
                    and var rate
                ? rate
                : null,
        };
    }

    private static readonly string[] Sizes =
    [
        "displayNetworkMembersCount",
        "searchNetworkMembersCount",
        "youtubeMembersCount",
        "gmailMembersCount",
    ];
}
