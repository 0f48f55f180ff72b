using System.Collections.Frozen;
using System.Text.Json;
using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Meta;

/// <summary>The state that an audience reports (contracts/meta.md 5.3 and 12).</summary>
internal static class MetaAudienceState
{
    private const int TooSmallToDeliver = 300;

    private static readonly FrozenDictionary<int, AudienceState> States = new Dictionary<int, AudienceState>
    {
        [0] = AudienceState.Unknown,
        [100] = AudienceState.Warning,
        [200] = AudienceState.Ready,

        // Not documented; observed while an audience is being updated.
        [300] = AudienceState.Busy,
        [400] = AudienceState.Warning,
        [410] = AudienceState.TooSmall,
        [411] = AudienceState.Warning,
        [412] = AudienceState.Warning,
        [414] = AudienceState.Busy,
        [415] = AudienceState.Warning,
        [421] = AudienceState.NeedsHuman,
        [422] = AudienceState.NeedsHuman,
        [423] = AudienceState.NeedsHuman,
        [431] = AudienceState.NeedsHuman,
        [432] = AudienceState.NeedsHuman,
        [433] = AudienceState.NeedsHuman,
        [434] = AudienceState.NeedsHuman,
        [441] = AudienceState.Busy,
        [442] = AudienceState.NeedsHuman,
        [450] = AudienceState.Warning,
        [470] = AudienceState.NeedsHuman,
        [471] = AudienceState.NeedsHuman,
        [500] = AudienceState.NeedsHuman,
    }.ToFrozenDictionary();

    public static IReadOnlyDictionary<int, AudienceState> Known => States;

    public static AudienceReport Report(JsonElement audience)
    {
        var operation = Code(audience.Object("operation_status"));
        var delivery = Code(audience.Object("delivery_status"));
        var state = operation is { } code ? States.GetValueOrDefault((int)code) : AudienceState.Unknown;
        var name = audience.Text("name");
        var (least, most) = (
            Bound(audience.Number("approximate_count_lower_bound")),
            Bound(audience.Number("approximate_count_upper_bound"))
        );
        var (shown, status) =
            state == AudienceState.Ready && delivery == TooSmallToDeliver
                ? (AudienceState.TooSmall, "meta_delivery_300")
                : (state, operation is null ? "meta_status_not_reported" : $"meta_status_{operation}");
        return new AudienceReport(Outcome.Done, shown, status, name, least, most)
        {
            UpdatedAt = Moment(audience.Number("time_content_updated")),
        };
    }

    // One of Meta's samples has "status" instead of "code" (5.3).
    private static long? Code(JsonElement? status) => status is { } given ? given.Number("code") ?? given.Number("status") : null;

    // 0 stands for never; beyond the year 9999 it is no time.
    private static DateTimeOffset? Moment(long? seconds) =>
        seconds is > 0 and < 253_402_300_800 and var unix ? DateTimeOffset.FromUnixTimeSeconds(unix) : null;

    /// <summary>-1 stands for a number that is not reported.</summary>
    private static long? Bound(long? count) => count >= 0 ? count : null;
}
