using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Audiences;

/// <summary>
/// What may be done to an audience: command and state to events or a refusal, without I/O. A command whose result is already in effect
/// gives no events, so repeating one, or applying the same file again, changes nothing.
/// </summary>
public static class AudienceRules
{
    private const long LongestWindowS = 36_500L * 86_400;

    private const int LastVersion = 999_999;

    public static AudienceDecision Decide(Audience audience, AudienceCommand command)
    {
        if (!AudienceKey.TryParse($"{audience.Name}_v1", out _))
        {
            return AudienceDecision.Refuse(AudienceRefusal.NameInvalid);
        }

        if (!OperatorNote.Fit(command.By, command.Why))
        {
            return AudienceDecision.Refuse(AudienceRefusal.TextInvalid);
        }

        if (command is RegisterAudience register)
        {
            return Register(audience, register);
        }

        return audience.Text is null && command is not PublishKey
            ? AudienceDecision.Refuse(AudienceRefusal.Unknown(audience.Name))
            : DecideKnown(audience, command);
    }

    private static AudienceDecision DecideKnown(Audience audience, AudienceCommand command) =>
        command switch
        {
            PublishKey publish => Publish(audience, publish),
            BindAudience bind => Bind(audience, bind),
            UnbindAudience unbind => audience.Feeds.ContainsKey(unbind.Remote)
                ? AudienceDecision.Accept(new AudienceUnbound(audience.Name, unbind.Remote, unbind.By, unbind.Why))
                : AudienceDecision.Refuse(AudienceRefusal.NotBound(audience.Name)),
            PromoteKey promote => Promote(audience, promote),
            RollBackKey back => RollBack(audience, back),
            RetireKey retire => Retire(audience, retire),
            DeclareExperiment declare => ExperimentRules.Declare(audience, declare),
            EndExperiment end => ExperimentRules.End(audience, end),
            PauseAudience pause => audience.Paused
                ? AudienceDecision.Nothing
                : AudienceDecision.Accept(new AudiencePaused(audience.Name, pause.By, pause.Why)),
            ResumeAudience resume => audience.Paused
                ? AudienceDecision.Accept(new AudienceResumed(audience.Name, resume.By, resume.Why))
                : AudienceDecision.Nothing,
            _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "There is no rule for this command."),
        };

    private static AudienceDecision Register(Audience audience, RegisterAudience register)
    {
        var text = register.Text;
        if (
            !OperatorNote.FitsIn(text.Purpose, 2_000)
            || !OperatorNote.FitsIn(text.Owner, 2_000)
            || !OperatorNote.FitsIn(text.Definition, 2_000)
            || text.ExpectedVolume < 0
        )
        {
            return AudienceDecision.Refuse(AudienceRefusal.TextInvalid);
        }

        if (audience.Text is null)
        {
            return AudienceDecision.Accept(new AudienceRegistered(audience.Name, text, register.By, register.Why));
        }

        return audience.Text == text
            ? AudienceDecision.Nothing
            : AudienceDecision.Accept(new AudienceDescribed(audience.Name, text, register.By, register.Why));
    }

    private static AudienceDecision Publish(Audience audience, PublishKey publish)
    {
        var terms = publish.Terms;
        if (
            terms.WindowS is <= 0 or > LongestWindowS
            || (terms.MatchKeys & MatchKeys.All) == MatchKeys.None
            || (terms.MatchKeys & ~MatchKeys.All) != MatchKeys.None
            || (terms.Inherits && publish.Version == 1)
        )
        {
            return AudienceDecision.Refuse(AudienceRefusal.TermsInvalid);
        }

        if (audience.Versions.TryGetValue(publish.Version, out var before))
        {
            return before.Terms == terms
                ? AudienceDecision.Nothing
                : AudienceDecision.Refuse(AudienceRefusal.KeyChanged(audience.Name, publish.Version, audience.NextVersion));
        }

        if (publish.Version != audience.NextVersion || publish.Version > LastVersion)
        {
            return AudienceDecision.Refuse(AudienceRefusal.KeyNotNext(audience.Name, publish.Version, audience.NextVersion));
        }

        if (!AudienceKey.TryParse($"{audience.Name}_v{publish.Version}", out _))
        {
            return AudienceDecision.Refuse(AudienceRefusal.NameInvalid);
        }

        var text = audience.Text ?? new AudienceText(null, null, null);
        var published = new AudienceKeyPublished(
            AudienceKey.Of(audience.Name, publish.Version),
            terms.WindowS,
            text.Purpose,
            text.Owner,
            text.Definition
        )
        {
            MatchKeys = terms.MatchKeys,
            ConsentPolicy = terms.Consent,
            Inherits = terms.Inherits,
            By = publish.By,
            Why = publish.Why,
        };
        return audience.Text is null
            ? AudienceDecision.Accept(new AudienceRegistered(audience.Name, text, publish.By, publish.Why), published)
            : AudienceDecision.Accept(published);
    }

    private static AudienceDecision Bind(Audience audience, BindAudience bind)
    {
        if (!IsRemoteName(bind.Remote.Destination) || !IsRemoteName(bind.Remote.Remote))
        {
            return AudienceDecision.Refuse(AudienceRefusal.BindingInvalid);
        }

        if (audience.Feeds.TryGetValue(bind.Remote, out var feed))
        {
            return feed.Version != bind.Version
                    ? AudienceDecision.Refuse(AudienceRefusal.BindingTaken(bind.Remote, $"{audience.Name}_v{feed.Version}"))
                : feed.Exclusive == bind.Exclusive ? AudienceDecision.Nothing
                : AudienceDecision.Accept(Bound(audience, bind));
        }

        return Unusable(audience, bind.Version) is { } refusal
            ? AudienceDecision.Refuse(refusal)
            : AudienceDecision.Accept(Bound(audience, bind));
    }

    private static AudienceBound Bound(Audience audience, BindAudience bind) =>
        new(AudienceKey.Of(audience.Name, bind.Version), bind.Remote, bind.By, bind.Why) { Exclusive = bind.Exclusive };

    private static AudienceDecision Promote(Audience audience, PromoteKey promote)
    {
        if (Unusable(audience, promote.Version) is { } refusal)
        {
            return AudienceDecision.Refuse(refusal);
        }

        var feeds = FeedsOf(audience, promote.Only);
        return feeds.Count == 0
            ? AudienceDecision.Refuse(AudienceRefusal.NotBound(audience.Name))
            : AudienceDecision.Accept([
                .. feeds
                    .Where(feed => feed.Value.Version != promote.Version)
                    .Select(feed => new AudienceKeyPromoted(
                        AudienceKey.Of(audience.Name, promote.Version),
                        AudienceKey.Of(audience.Name, feed.Value.Version),
                        feed.Key,
                        promote.By,
                        promote.Why
                    )
                    {
                        LateEvents = promote.LateEvents,
                    }),
            ]);
    }

    private static AudienceDecision RollBack(Audience audience, RollBackKey back)
    {
        var feeds = FeedsOf(audience, back.Only);
        if (feeds.Count == 0)
        {
            return AudienceDecision.Refuse(AudienceRefusal.NotBound(audience.Name));
        }

        var switched = feeds.Where(feed => !feed.Value.Before.IsEmpty).ToList();
        if (switched.Count == 0)
        {
            return AudienceDecision.Refuse(AudienceRefusal.NothingToRollBack(audience.Name));
        }

        var refusal = switched.Select(feed => Unusable(audience, feed.Value.Before[^1])).FirstOrDefault(unusable => unusable is not null);
        return refusal is not null
            ? AudienceDecision.Refuse(refusal)
            : AudienceDecision.Accept([
                .. switched.Select(feed => new AudienceKeyRolledBack(
                    AudienceKey.Of(audience.Name, feed.Value.Before[^1]),
                    AudienceKey.Of(audience.Name, feed.Value.Version),
                    feed.Key,
                    back.By,
                    back.Why
                )),
            ]);
    }

    private static AudienceDecision Retire(Audience audience, RetireKey retire)
    {
        if (!audience.Versions.TryGetValue(retire.Version, out var version))
        {
            return AudienceDecision.Refuse(AudienceRefusal.KeyUnknown(audience.Name, retire.Version));
        }

        if (version.Retired)
        {
            return AudienceDecision.Nothing;
        }

        foreach (var (remote, feed) in audience.Feeds.Where(feed => feed.Value.Version == retire.Version))
        {
            return AudienceDecision.Refuse(AudienceRefusal.KeyInUse(audience.Name, feed.Version, remote));
        }

        return AudienceDecision.Accept(new AudienceKeyRetired(AudienceKey.Of(audience.Name, retire.Version), retire.By, retire.Why));
    }

    private static AudienceRefusal? Unusable(Audience audience, int version) =>
        audience.Versions.TryGetValue(version, out var published)
            ? published.Retired
                ? AudienceRefusal.KeyRetired(audience.Name, version)
                : null
            : AudienceRefusal.KeyUnknown(audience.Name, version);

    private static List<KeyValuePair<RemoteAudience, Feed>> FeedsOf(Audience audience, RemoteAudience? only) =>
        [.. audience.Feeds.Where(feed => only is null || feed.Key == only).OrderBy(feed => feed.Key.ToString(), StringComparer.Ordinal)];

    private static bool IsRemoteName(string? text) => !string.IsNullOrEmpty(text) && OperatorNote.FitsIn(text, 100);
}
