using System.Globalization;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Exposures;

/// <summary>
/// Folds events into rows of the exposure log and into spells. One event after the other, so the result is the same however the log is
/// divided into pages.
/// </summary>
public sealed class LogExposures
{
    private readonly ExposureSnapshot _snapshot;
    private readonly List<ExposureRow> _rows = [];
    private readonly SpellFold _spells;
    private readonly AnchorOwners _owners;
    private readonly List<ExposureFeed> _feeds = [];
    private readonly HashSet<PersonId> _erased = [];
    private readonly HashSet<PersonId> _renamed = [];

    public LogExposures(ExposureSnapshot snapshot)
    {
        _snapshot = snapshot;
        _owners = new AnchorOwners(snapshot.Owners);
        _spells = new SpellFold(snapshot, _owners, _rows);
    }

    /// <summary>The rows in their order.</summary>
    public IReadOnlyList<ExposureRow> Rows => _rows;

    /// <summary>The memberships that changed.</summary>
    public IReadOnlyCollection<ExposureMember> Members => _spells.Members;

    /// <summary>The spells that began or ended.</summary>
    public IReadOnlyCollection<ExposureSpell> Spells => _spells.Spells;

    /// <summary>The new links: from an anchor to its root.</summary>
    public IReadOnlyDictionary<PersonId, PersonId> Owners => _owners.Changed;

    /// <summary>Which key feeds what, from now on.</summary>
    public IReadOnlyCollection<ExposureFeed> Feeds => _feeds;

    /// <summary>The anchors that were erased.</summary>
    public IReadOnlyCollection<PersonId> Erased => _erased;

    /// <summary>The people whose identifiers are others than before.</summary>
    public IReadOnlyCollection<PersonId> Renamed => _renamed;

    /// <summary>The number of the last spell.</summary>
    public long SpellId => _spells.SpellId;

    /// <summary>Folds an event.</summary>
    /// <exception cref="UnknownExposureKeyException">It names a key that is not among the published ones.</exception>
    public void Apply(in LogEvent logged)
    {
        var received = logged.RecordedAt;
        switch (EventJson.Read(logged.Type, logged.Data))
        {
            case IAudienceEvent stated:
                ApplyAudience(logged, stated);
                break;
            case MessageOutcomeRecorded outcome:
                ApplyMessage(logged, outcome);
                break;
            case PersonConsentChanged changed when IsDenied(changed.Consent):
                Suppress(logged, ExposureReasons.Consent, changed.OccurredAt, changed.Source, destination: null);
                break;
            case PersonSuppressed suppressed:
                Suppress(logged, ExposureReasons.Suppression, suppressed.OccurredAt, suppressed.Source, suppressed.Destination);
                break;
            case PersonErasureRequested requested:
                Suppress(logged, ExposureReasons.Erasure, requested.OccurredAt, source: null, destination: null);
                break;
            case PersonErased erased:
                ApplyErased(logged.Person, erased.OccurredAt, received);
                break;
            case PersonLinked linked:
                ApplyLink(logged.Person, RootOf(linked.Owner), received);
                break;
            case PersonIdentifiersChanged:
                _renamed.Add(RootOf(logged.Person));
                break;
            case AudienceBound bound:
                Feed(bound.AudienceKey, bound.Remote, received);
                break;
            case AudienceKeyPromoted promoted:
                Feed(promoted.AudienceKey, promoted.Remote, received);
                break;
            case AudienceKeyRolledBack back:
                Feed(back.AudienceKey, back.Remote, received);
                break;
            default:
                break;
        }
    }

    /// <summary>Does to the spell of a membership what time alone does: the end of its window, experiments on its audience.</summary>
    public void Advance(RowId id, DateTimeOffset upTo) => _spells.Advance(id, upTo);

    /// <summary>Lets a version take over what another one knows of a person.</summary>
    /// <param name="person">An anchor of the person.</param>
    /// <param name="fromKey">The other version.</param>
    /// <param name="keyId">The version that takes over.</param>
    /// <param name="at">When it was published.</param>
    public void TakeOver(PersonId person, int fromKey, int keyId, DateTimeOffset at) =>
        _spells.TakeOver(RootOf(person), fromKey, keyId, new SpellCause(ExposureReasons.KeyPromoted, at));

    private void ApplyAudience(in LogEvent logged, IAudienceEvent stated)
    {
        var key = KeyOf(stated.AudienceKey);
        if (stated is AudienceExposureRecorded)
        {
            var id = new RowId(RootOf(logged.Person), key.KeyId);
            _spells.AdvanceArm(id, logged.RecordedAt);
            _rows.Add(Exposed(id, stated, logged.RecordedAt));
        }
        else
        {
            var isAdd = stated is AudienceMemberAdded;
            var fact = new MembershipFact(isAdd ? FactKind.Added : FactKind.Removed, stated.AudienceKey.Value, stated.OccurredAt);
            var cause = new SpellCause(isAdd ? ExposureReasons.JourneyAdd : ExposureReasons.JourneyRemove, logged.RecordedAt)
            {
                Source = stated.Source,
                Context = stated.Context,
            };
            _spells.Apply(new RowId(logged.Person, key.KeyId), fact, cause);
            foreach (var next in _snapshot.Keys.SuccessorsOf(key.KeyId))
            {
                if (!(next.PublishedPos > logged.Position))
                {
                    _spells.Apply(new RowId(logged.Person, next.KeyId), fact, cause);
                }
            }
        }

        if (IsDenied(stated.Consent))
        {
            Suppress(logged, ExposureReasons.Consent, stated.OccurredAt, stated.Source, destination: null);
        }
    }

    private ExposureRow Exposed(RowId id, IAudienceEvent stated, DateTimeOffset received)
    {
        var member = _spells.Of(id);
        var spell = member.IsOpen ? member.Spell : null;
        return new ExposureRow(ExposureKind.Exposed, id.Person, stated.OccurredAt)
        {
            ReceivedAt = received,
            KeyId = id.KeyId,
            Arm = spell?.Arm ?? ExposureArm.None,
            Experiment = spell?.Experiment,
            Source = stated.Source,
            JourneyId = stated.Context?.Journey,
            ActionId = stated.Context?.Step,
        };
    }

    private void ApplyMessage(in LogEvent logged, MessageOutcomeRecorded outcome)
    {
        if (MessageExposures.KindOf(outcome) is { } kind)
        {
            _rows.Add(
                new ExposureRow(kind, RootOf(logged.Person), outcome.OccurredAt)
                {
                    ReceivedAt = logged.RecordedAt,
                    Source = outcome.Source,
                    CampaignId = Text(outcome.CampaignId ?? outcome.BroadcastId ?? outcome.NewsletterId),
                    ActionId = Text(outcome.ActionId),
                }
            );
        }
    }

    private void Suppress(in LogEvent logged, string reason, DateTimeOffset at, string? source, string? destination) =>
        _rows.Add(
            new ExposureRow(ExposureKind.Suppressed, RootOf(logged.Person), at)
            {
                ReceivedAt = logged.RecordedAt,
                Reason = reason,
                Source = source,
                Destination = destination,
            }
        );

    // Each anchor gets the event; the person is erased once.
    private void ApplyErased(PersonId anchor, DateTimeOffset at, DateTimeOffset received)
    {
        _erased.Add(anchor);
        if (RootOf(anchor) == anchor)
        {
            _rows.Add(new ExposureRow(ExposureKind.Erased, anchor, at) { ReceivedAt = received, Reason = ExposureReasons.Erasure });
            _spells.Erase(anchor, at, received);
        }
    }

    private void ApplyLink(PersonId anchor, PersonId root, DateTimeOffset received)
    {
        var former = RootOf(anchor);
        if (former == root || anchor == root)
        {
            return;
        }

        _renamed.Add(root);
        _spells.Link(anchor, root, received);
    }

    private void Feed(AudienceKey key, RemoteAudience remote, DateTimeOffset since) =>
        _feeds.Add(new ExposureFeed(remote, since, KeyOf(key).KeyId));

    private PublishedKey KeyOf(AudienceKey key) => _snapshot.Keys.ByName(key.Value) ?? throw new UnknownExposureKeyException(key.Value);

    private PersonId RootOf(PersonId person) => _owners.RootOf(person);

    private static bool IsDenied(Consent consent) =>
        consent.AdUserData == ConsentAnswer.Denied || consent.AdPersonalization == ConsentAnswer.Denied;

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>An event names a key that is not among the published ones.</summary>
public sealed class UnknownExposureKeyException(string audienceKey) : Exception($"The key {audienceKey} is not published.");
