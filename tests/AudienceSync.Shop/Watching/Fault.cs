using System.Text.Json;
using System.Text.Json.Serialization;
using AudienceSync.Shop.Destinations;

namespace AudienceSync.Shop.Watching;

/// <summary>One scripted fault of a platform; each is used up after <see cref="Count"/> calls.</summary>
internal sealed record Fault(
    string Kind,
    string? Operation,
    int Count,
    double Probability,
    int Seed,
    int? DelayMs = null,
    string? Platform = null
)
{
    private const int SeedsEach = 10;
    private const int LongDelayMs = 10_500;

    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The ad account whose token the platform refuses once, until an operator resumes it.</summary>
    public static readonly Destination Refused = DestinationList.TikTok;

    /// <summary>The refusal of its token.</summary>
    public static Fault OfToken(int seed) => new("token_expired", null, 1, 1, seed, Platform: Refused.Platform);

    /// <summary>The faults of each platform: correct retries recover from all of them.</summary>
    public static IReadOnlyList<Fault> ForAllPlatforms(int seed) =>
        [
            .. DestinationList.All.SelectMany(
                (destination, n) =>
                    ForPlatform(destination, seed + (n * SeedsEach)).Select(fault => fault with { Platform = destination.Platform })
            ),
        ];

    /// <summary>
    /// The faults of the workspace at Customer.io that feedback goes to. The long delay is a time-out of the engine's call; the items that
    /// <c>invalid_rows</c> names are lost by intention, those that <c>partial</c> names must be sent again.
    /// </summary>
    public static IReadOnlyList<Fault> ForFeedback(int seed) =>
        [
            .. new Fault[]
            {
                new("delay", "feedback", 1, 1, seed, DelayMs: LongDelayMs),
                new("server_error", "feedback", 3, 0.15, seed + 1),
                new("html_error", "feedback", 1, 0.1, seed + 2),
                new("drop_before", "feedback", 2, 0.15, seed + 3),
                new("drop_after", "feedback", 2, 0.2, seed + 4),
                new("invalid_rows", "feedback", 2, 0.2, seed + 5),
                new("partial", "feedback", 1, 0.5, seed + 6),
                new("delay", "feedback", 5, 0.3, seed + 7, DelayMs: 300),
            }.Select(fault => fault with { Platform = "customerio" }),
        ];

    private static IEnumerable<Fault> ForPlatform(Destination destination, int seed) =>
        [
            // After a throttle, Meta and Google require a minute without calls: one is enough for a run of seconds.
            new("throttle", null, 1, 0.5, seed),
            new("server_error", null, 3, 0.2, seed + 1),
            new("drop_before", "add", 2, 0.2, seed + 2),
            new("drop_after", "add", 2, 0.2, seed + 3),
            new("drop_after", "remove", 2, 0.3, seed + 4),
            new(destination == DestinationList.Meta ? "error_in_200" : "conflict", null, 2, 0.2, seed + 5),
            new("delay", null, 8, 0.3, seed + 6, DelayMs: 400),
        ];
}
