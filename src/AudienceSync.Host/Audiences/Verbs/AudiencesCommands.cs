using System.CommandLine;
using AudienceSync.Domain.Audiences;

namespace AudienceSync.Host.Audiences.Verbs;

/// <summary>
/// <c>audiences</c>: lists audiences, shows their history and changes them. It works on the database, so running Hosts pick up the changes.
/// </summary>
internal static class AudiencesCommands
{
    /// <param name="environment">Reads a variable.</param>
    /// <param name="counters">The verb that counts changes by hour.</param>
    public static Command Create(Func<string, string?> environment, Command counters)
    {
        var verbs = new AudiencesVerbs(environment);
        return new Command("audiences", "Manage audiences, their keys and bindings.")
        {
            verbs.List(),
            verbs.Show(),
            verbs.History(),
            Register(verbs),
            Publish(verbs),
            new BindCommand(verbs, environment).Create(),
            Unbind(verbs),
            Promote(verbs),
            RollBack(verbs),
            Retire(verbs),
            verbs.Change(
                "pause",
                "Stop syncing an audience until it is resumed.",
                verbs.Name,
                (parsed, name) => (name, new PauseAudience(verbs.By(parsed), verbs.Why(parsed)))
            ),
            verbs.Change(
                "resume",
                "Resume syncing a paused audience.",
                verbs.Name,
                (parsed, name) => (name, new ResumeAudience(verbs.By(parsed), verbs.Why(parsed)))
            ),
            EndExperiment(verbs),
            verbs.Diff(),
            verbs.Apply(),
            counters,
        };
    }

    private static Command Register(AudiencesVerbs verbs)
    {
        var purpose = new Option<string>("--purpose") { Description = "Purpose of the audience." };
        var owner = new Option<string>("--owner") { Description = "Contact responsible for the audience." };
        var definition = new Option<string>("--definition") { Description = "Description of who belongs to the audience." };
        var volume = new Option<long?>("--expected-volume") { Description = "Maximum number of members expected." };
        var register = verbs.Change(
            "register",
            "Register an audience, or update its description.",
            verbs.Name,
            (parsed, name) =>
                (
                    name,
                    new RegisterAudience(
                        new AudienceText(
                            parsed.GetValue(purpose),
                            parsed.GetValue(owner),
                            parsed.GetValue(definition),
                            parsed.GetValue(volume)
                        ),
                        verbs.By(parsed),
                        verbs.Why(parsed)
                    )
                )
        );
        foreach (var option in new Option[] { purpose, owner, definition, volume })
        {
            register.Options.Add(option);
        }

        return register;
    }

    private static Command Publish(AudiencesVerbs verbs)
    {
        var window = new Option<double?>("--window-d") { Description = "Membership window in days; no window when omitted." };
        var match = new Option<string>("--match-keys")
        {
            Description = "Comma-separated identifiers to match by: email,phone,customer_id,device_id,details. All when omitted.",
        };
        var consent = new Option<string>("--consent-policy")
        {
            Description = "Consent policy: required or assumed.",
            DefaultValueFactory = _ => "assumed",
        };
        var inherit = new Option<bool>("--inherit") { Description = "Also apply all events of the previous version, past and later ones." };
        var publish = verbs.Change(
            "publish",
            "Publish a key version. A published version is immutable.",
            verbs.Key,
            (parsed, text) =>
            {
                var keys = MatchKeys.All;
                var known = parsed.GetValue(match) is not { } description || AudienceLabels.TryMatchKeys(description.Split(','), out keys);
                var window_s = parsed.GetValue(window) is { } days ? (long?)Math.Round(days * 86_400) : null;
                var terms = new KeyTerms(
                    window_s,
                    known ? keys : MatchKeys.None,
                    AudienceLabels.TryPolicy(parsed.GetValue(consent), out var policy) ? policy : ConsentPolicy.Assumed,
                    parsed.GetValue(inherit)
                );
                var key = AudiencesVerbs.KeyOf(text);
                return (key.Audience, new PublishKey(key.Version, terms, verbs.By(parsed), verbs.Why(parsed)));
            }
        );
        consent.AcceptOnlyFromAmong("required", "assumed");
        foreach (var option in new Option[] { window, match, consent, inherit })
        {
            publish.Options.Add(option);
        }

        return publish;
    }

    private static Command Unbind(AudiencesVerbs verbs) =>
        verbs.At(
            required: true,
            verbs.Change(
                "unbind",
                "Stop feeding a remote audience. Delivered members stay in it.",
                verbs.Name,
                (parsed, name) => (name, new UnbindAudience(verbs.Place(parsed)!.Value, verbs.By(parsed), verbs.Why(parsed)))
            )
        );

    private static Command Promote(AudiencesVerbs verbs)
    {
        var late = new Option<string>("--late-events")
        {
            Description = "What to do with events of the previous version while it drains: keep or quarantine.",
            DefaultValueFactory = _ => "keep",
        };
        late.AcceptOnlyFromAmong("keep", "quarantine");
        var promote = verbs.At(
            required: false,
            verbs.Change(
                "promote",
                "Switch bindings to a key version. Only the difference is sent.",
                verbs.Key,
                (parsed, text) =>
                {
                    var key = AudiencesVerbs.KeyOf(text);
                    _ = AudienceLabels.TryLateEvents(parsed.GetValue(late), out var where);
                    return (
                        key.Audience,
                        new PromoteKey(key.Version, verbs.Place(parsed), verbs.By(parsed), verbs.Why(parsed)) { LateEvents = where }
                    );
                }
            )
        );
        promote.Options.Add(late);
        return promote;
    }

    private static Command RollBack(AudiencesVerbs verbs) =>
        verbs.At(
            required: false,
            verbs.Change(
                "rollback",
                "Roll back the last promotion: switch bindings to the previous key version.",
                verbs.Name,
                (parsed, name) => (name, new RollBackKey(verbs.Place(parsed), verbs.By(parsed), verbs.Why(parsed)))
            )
        );

    private static Command Retire(AudiencesVerbs verbs) =>
        verbs.Change(
            "retire",
            "Retire a key version that feeds nothing: it accepts no more events. Cannot be reversed.",
            verbs.Key,
            (parsed, text) =>
            {
                var key = AudiencesVerbs.KeyOf(text);
                return (key.Audience, new RetireKey(key.Version, verbs.By(parsed), verbs.Why(parsed)));
            }
        );

    private static Command EndExperiment(AudiencesVerbs verbs)
    {
        var experiment = new Option<string>("--experiment") { Description = "Name of the experiment.", Required = true };
        var end = verbs.Change(
            "end-experiment",
            "End an experiment before its time. Members who were held out are sent from now on.",
            verbs.Name,
            (parsed, name) => (name, new EndExperiment(parsed.GetRequiredValue(experiment), verbs.By(parsed), verbs.Why(parsed)))
        );
        end.Options.Add(experiment);
        return end;
    }
}
