using System.Collections.Immutable;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Experiments;

namespace AudienceSync.Domain.Audiences;

/// <summary>A published version: its terms, and whether it has been retired.</summary>
public sealed record PublishedVersion(KeyTerms Terms, bool Retired);

/// <summary>The version that feeds a remote audience, and the versions that fed it before, the latest last.</summary>
public sealed record Feed(int Version, ImmutableList<int> Before, string By)
{
    /// <summary>Whether the remote audience is ours alone.</summary>
    public bool Exclusive { get; init; }
}

/// <summary>An experiment of an audience, by whom it was declared, and whether it was ended.</summary>
public sealed record DeclaredExperiment(ExperimentTerms Terms, string By, bool Ended);

/// <summary>
/// An audience as folded from its stream. Pure: <see cref="Apply"/> folds any event at any time, and what is allowed is
/// decided by <see cref="AudienceRules"/>.
/// </summary>
public sealed record Audience(string Name)
{
    /// <summary>Null until it is registered.</summary>
    public AudienceText? Text { get; private init; }

    public bool Paused { get; private init; }

    public ImmutableSortedDictionary<int, PublishedVersion> Versions { get; private init; } =
        ImmutableSortedDictionary<int, PublishedVersion>.Empty;

    public ImmutableDictionary<RemoteAudience, Feed> Feeds { get; private init; } = ImmutableDictionary<RemoteAudience, Feed>.Empty;

    /// <summary>Versions that fed something until they were replaced, and feed nothing now, with where their events go.</summary>
    public ImmutableSortedDictionary<int, LateEvents> Draining { get; private init; } = ImmutableSortedDictionary<int, LateEvents>.Empty;

    /// <summary>Every experiment that was ever declared on it, by name.</summary>
    public ImmutableSortedDictionary<string, DeclaredExperiment> Experiments { get; private init; } =
        ImmutableSortedDictionary<string, DeclaredExperiment>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Numbers are never reused, so this only grows.</summary>
    public int NextVersion => Versions.Count == 0 ? 1 : Versions.Keys.Last() + 1;

    public static Audience Fold(string name, IEnumerable<IStoredEvent> events) =>
        events.OfType<IRegistryEvent>().Aggregate(new Audience(name), (audience, stored) => audience.Apply(stored));

    public Audience Apply(IRegistryEvent stored) =>
        stored switch
        {
            AudienceRegistered registered => this with { Text = registered.Text },
            AudienceDescribed described => this with { Text = described.Text },
            AudienceKeyPublished published => Published(published),
            AudienceKeyRetired retired => Versions.TryGetValue(retired.AudienceKey.Version, out var version)
                ? this with
                {
                    Versions = Versions.SetItem(retired.AudienceKey.Version, version with { Retired = true }),
                    Draining = Draining.Remove(retired.AudienceKey.Version),
                }
                : this,
            AudienceBound bound => this with
            {
                Feeds = Feeds.SetItem(bound.Remote, Bound(bound)),
                Draining = Draining.Remove(bound.AudienceKey.Version),
            },
            AudienceUnbound unbound => this with { Feeds = Feeds.Remove(unbound.Remote) },
            AudienceKeyPromoted promoted => Switched(
                promoted.Remote,
                promoted.LateEvents,
                feed => feed with { Version = promoted.AudienceKey.Version, Before = feed.Before.Add(feed.Version) }
            ),
            AudienceKeyRolledBack back => Switched(
                back.Remote,
                LateEvents.Keep,
                feed =>
                    feed with
                    {
                        Version = back.AudienceKey.Version,
                        Before = feed.Before.IsEmpty ? feed.Before : feed.Before.RemoveAt(feed.Before.Count - 1),
                    }
            ),
            AudienceExperimentDeclared declared => this with
            {
                Experiments = Experiments.SetItem(
                    declared.Experiment.Name,
                    new DeclaredExperiment(declared.Experiment, declared.By, Ended: false)
                ),
            },
            AudienceExperimentEnded ended => Experiments.TryGetValue(ended.Experiment, out var experiment)
                ? this with
                {
                    Experiments = Experiments.SetItem(ended.Experiment, experiment with { Ended = true }),
                }
                : this,
            AudiencePaused => this with { Paused = true },
            AudienceResumed => this with { Paused = false },
            _ => this,
        };

    // A stream of an older build begins with a published key: the audience's description is taken from that event.
    private Audience Published(AudienceKeyPublished published) =>
        this with
        {
            Text = Text ?? new AudienceText(published.Purpose, published.Owner, published.Definition),
            Versions = Versions.ContainsKey(published.AudienceKey.Version)
                ? Versions
                : Versions.Add(published.AudienceKey.Version, new PublishedVersion(published.Terms, Retired: false)),
        };

    // Of the version that feeds already, only whether it is exclusive changes: its promotions can still be rolled back.
    private Feed Bound(AudienceBound bound) =>
        Feeds.TryGetValue(bound.Remote, out var feed) && feed.Version == bound.AudienceKey.Version
            ? feed with
            {
                Exclusive = bound.Exclusive,
            }
            : new Feed(bound.AudienceKey.Version, ImmutableList<int>.Empty, bound.By) { Exclusive = bound.Exclusive };

    private Audience Switched(RemoteAudience remote, LateEvents late, Func<Feed, Feed> change)
    {
        if (!Feeds.TryGetValue(remote, out var before))
        {
            return this;
        }

        var after = change(before);
        var feeds = Feeds.SetItem(remote, after);
        var draining = Draining.Remove(after.Version);
        var drains =
            feeds.Values.All(feed => feed.Version != before.Version)
            && Versions.TryGetValue(before.Version, out var version)
            && !version.Retired;
        return this with { Feeds = feeds, Draining = drains ? draining.SetItem(before.Version, late) : draining };
    }
}
