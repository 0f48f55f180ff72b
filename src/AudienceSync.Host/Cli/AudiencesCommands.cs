using System.CommandLine;
using AudienceSync.Domain.Audiences;

namespace AudienceSync.Host.Cli;

/// <summary><c>audiences</c>: what there is, who changed it, and every change of it. It works on the database, so running Hosts learn of it.</summary>
internal static class AudiencesCommands
{
    public static Command Create(Func<string, string?> environment)
    {
        var verbs = new AudiencesVerbs(environment);
        return new Command("audiences", "Audiences, their keys and what they feed.")
        {
            verbs.List(), verbs.Show(), verbs.History(), Register(verbs), Publish(verbs), Bind(verbs), Unbind(verbs), Promote(verbs), RollBack(verbs), Retire(verbs),
            verbs.Change("pause", "Send nothing of an audience until it is resumed.", verbs.Name, (parsed, name) => (name, new PauseAudience(verbs.By(parsed), verbs.Why(parsed)))),
            verbs.Change("resume", "Send a paused audience again.", verbs.Name, (parsed, name) => (name, new ResumeAudience(verbs.By(parsed), verbs.Why(parsed)))),
            verbs.Diff(), verbs.Apply(), CountersVerb.Create(environment, TimeProvider.System),
        };
    }

    private static Command Register(AudiencesVerbs verbs)
    {
        var purpose = new Option<string>("--purpose") { Description = "What it is for." };
        var owner = new Option<string>("--owner") { Description = "Who is called." };
        var definition = new Option<string>("--definition") { Description = "Who belongs to it, in words." };
        var volume = new Option<long?>("--expected-volume") { Description = "Members expected at most." };
        var register = verbs.Change("register", "Make an audience, or say of it what is now true.", verbs.Name, (parsed, name) => (name, new RegisterAudience(
            new AudienceText(parsed.GetValue(purpose), parsed.GetValue(owner), parsed.GetValue(definition), parsed.GetValue(volume)), verbs.By(parsed), verbs.Why(parsed))));
        foreach (var option in new Option[] { purpose, owner, definition, volume })
        {
            register.Options.Add(option);
        }

        return register;
    }

    private static Command Publish(AudiencesVerbs verbs)
    {
        var window = new Option<double?>("--window-d") { Description = "Days that an add holds; for ever when left out." };
        var match = new Option<string>("--match-keys") { Description = "By what a platform may match, with commas: email,phone,customer_id,device_id,details. All when left out." };
        var consent = new Option<string>("--consent-policy") { Description = "required or assumed.", DefaultValueFactory = _ => "assumed" };
        var inherit = new Option<bool>("--inherit") { Description = "Tell it all that the version before was and is told, too." };
        var publish = verbs.Change("publish", "Publish a version. It never changes.", verbs.Key, (parsed, text) =>
        {
            var keys = MatchKeys.All;
            var known = parsed.GetValue(match) is not { } description || AudienceLabels.TryMatchKeys(description.Split(','), out keys);
            var window_s = parsed.GetValue(window) is { } days ? (long?)Math.Round(days * 86_400) : null;
            var terms = new KeyTerms(window_s, known ? keys : MatchKeys.None, AudienceLabels.TryPolicy(parsed.GetValue(consent), out var policy) ? policy : ConsentPolicy.Assumed,
                parsed.GetValue(inherit));
            var key = AudiencesVerbs.KeyOf(text);
            return (key.Audience, new PublishKey(key.Version, terms, verbs.By(parsed), verbs.Why(parsed)));
        });
        consent.AcceptOnlyFromAmong("required", "assumed");
        foreach (var option in new Option[] { window, match, consent, inherit })
        {
            publish.Options.Add(option);
        }

        return publish;
    }

    private static Command Bind(AudiencesVerbs verbs) => verbs.At(required: true, verbs.Change(
        "bind", "Feed a remote audience from a version, for the first time.", verbs.Key, (parsed, text) =>
        {
            var key = AudiencesVerbs.KeyOf(text);
            return (key.Audience, new BindAudience(verbs.Place(parsed)!.Value, key.Version, verbs.By(parsed), verbs.Why(parsed)));
        }));

    private static Command Unbind(AudiencesVerbs verbs) => verbs.At(required: true, verbs.Change(
        "unbind", "Feed a remote audience no more. What was delivered stays.", verbs.Name,
        (parsed, name) => (name, new UnbindAudience(verbs.Place(parsed)!.Value, verbs.By(parsed), verbs.Why(parsed)))));

    private static Command Promote(AudiencesVerbs verbs)
    {
        var late = new Option<string>("--late-events")
        {
            Description = "Where events of the version before go once it feeds nothing: keep or quarantine.", DefaultValueFactory = _ => "keep",
        };
        late.AcceptOnlyFromAmong("keep", "quarantine");
        var promote = verbs.At(required: false, verbs.Change(
            "promote", "Let a version feed what its audience is bound to. Only the difference is sent.", verbs.Key, (parsed, text) =>
            {
                var key = AudiencesVerbs.KeyOf(text);
                _ = AudienceLabels.TryLateEvents(parsed.GetValue(late), out var where);
                return (key.Audience, new PromoteKey(key.Version, verbs.Place(parsed), verbs.By(parsed), verbs.Why(parsed)) { LateEvents = where });
            }));
        promote.Options.Add(late);
        return promote;
    }

    private static Command RollBack(AudiencesVerbs verbs) => verbs.At(required: false, verbs.Change(
        "rollback", "Take the last promotion back: the same switch the other way.", verbs.Name,
        (parsed, name) => (name, new RollBackKey(verbs.Place(parsed), verbs.By(parsed), verbs.Why(parsed)))));

    private static Command Retire(AudiencesVerbs verbs) => verbs.Change(
        "retire", "A version that feeds nothing takes no more events. It does not come back.", verbs.Key, (parsed, text) =>
        {
            var key = AudiencesVerbs.KeyOf(text);
            return (key.Audience, new RetireKey(key.Version, verbs.By(parsed), verbs.Why(parsed)));
        });
}
