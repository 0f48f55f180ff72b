using System.Text.Json;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Audiences.Registry;

namespace AudienceSync.Host.Audiences;

/// <summary>An audience as API and CLI show it.</summary>
public sealed record AudienceView(
    string Audience,
    string? Purpose,
    string? Owner,
    string? Definition,
    long? ExpectedVolume,
    bool Paused,
    long StreamVersion,
    IReadOnlyList<AudienceView.KeyView> Keys,
    IReadOnlyList<AudienceView.FeedView> Bindings,
    IReadOnlyList<ShownExperiment> Experiments
)
{
    public static AudienceView Of(StoredAudience stored, IReadOnlyList<ShownDrain> drains, IReadOnlyList<ShownExperiment> experiments)
    {
        var audience = stored.Audience;
        var text = audience.Text ?? new AudienceText(null, null, null);
        return new AudienceView(
            audience.Name,
            text.Purpose,
            text.Owner,
            text.Definition,
            text.ExpectedVolume,
            audience.Paused,
            stored.Version,
            [.. audience.Versions.Select(version => KeyView.Of(audience, version.Key, drains))],
            [
                .. audience
                    .Feeds.OrderBy(feed => feed.Key.ToString(), StringComparer.Ordinal)
                    .Select(feed => new FeedView(
                        feed.Key.Destination,
                        feed.Key.Remote,
                        AudienceKey.Of(audience.Name, feed.Value.Version).Value,
                        feed.Value.Before.IsEmpty ? null : AudienceKey.Of(audience.Name, feed.Value.Before[^1]).Value,
                        feed.Value.Exclusive
                    )),
            ],
            experiments
        );
    }

    /// <param name="State"><c>feeds</c>, <c>drains</c> (it fed until a cutover to another version), <c>shadow</c> (it feeds nothing) or
    /// <c>retired</c>.</param>
    /// <param name="Drains">When it drained, and its late events; the last one is the current one while it drains.</param>
    public sealed record KeyView(
        string Key,
        long? WindowS,
        IReadOnlyList<string> MatchKeys,
        string ConsentPolicy,
        bool Inherits,
        bool Retired,
        string State,
        IReadOnlyList<ShownDrain> Drains
    )
    {
        public static KeyView Of(Audience audience, int number, IReadOnlyList<ShownDrain> drains)
        {
            var (key, version) = (AudienceKey.Of(audience.Name, number).Value, audience.Versions[number]);
            var state =
                version.Retired ? "retired"
                : audience.Feeds.Values.Any(feed => feed.Version == number) ? "feeds"
                : audience.Draining.ContainsKey(number) ? "drains"
                : "shadow";
            return new KeyView(
                key,
                version.Terms.WindowS,
                AudienceLabels.Of(version.Terms.MatchKeys),
                AudienceLabels.Of(version.Terms.Consent),
                version.Terms.Inherits,
                version.Retired,
                state,
                [.. drains.Where(drain => drain.AudienceKey == key)]
            );
        }
    }

    /// <param name="RollsBackTo">The key that would feed after a rollback; null when no promotion is left to roll back.</param>
    /// <param name="Exclusive">Whether a resync removes members of others from it.</param>
    public sealed record FeedView(string Destination, string Remote, string Key, string? RollsBackTo, bool Exclusive);
}

/// <summary>
/// One change of an audience: who, when, why, what. <paramref name="Drain"/>: the version that has fed nothing since, and its late events.
/// </summary>
public sealed record AudienceChangeView(
    long Version,
    long Position,
    DateTimeOffset At,
    string By,
    string? Why,
    string Event,
    string What,
    JsonElement Data,
    ShownDrain? Drain
)
{
    public static AudienceChangeView Of(RegistryChange change, IReadOnlyList<ShownDrain> drains) =>
        new(
            change.Version,
            change.Position,
            change.At,
            change.Event.By,
            change.Event.Why,
            change.Type,
            RegistryText.Of(change.Event),
            DataOf(change.Event),
            drains.FirstOrDefault(drain => drain.SincePosition == change.Position)
        );

    private static JsonElement DataOf(IRegistryEvent stored)
    {
        using var document = JsonDocument.Parse(EventJson.Write(stored));
        return document.RootElement.Clone();
    }
}

/// <summary>The result of a change or of a dry run.</summary>
public sealed record RegistryAnswer(bool DryRun, IReadOnlyList<string> Changes, IReadOnlyList<string> Notes)
{
    public static RegistryAnswer Of(RegistryPlan plan, bool dryRun) => new(dryRun, [.. plan.Changes.Select(RegistryText.Of)], plan.Notes);
}
