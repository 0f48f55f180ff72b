using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Audiences;

/// <summary>The result of applying a declaration, with notes for the maintainer of the file.</summary>
public sealed record DeclarationDecision(IReadOnlyList<IRegistryEvent> Events, IReadOnlyList<string> Notes, AudienceRefusal? Refusal);

/// <summary>
/// The difference between what code declares and what an audience is: pure, so a plan is the same computation as the change. Applying the
/// same declaration again gives no events.
/// <para>
/// A file never rolls back a promotion: it declares the first version of a binding, and when a later one was promoted from it, the file is
/// only outdated, which is a note. A declared version that never fed the binding is refused: a switch sends, so a human promotes.
/// </para>
/// </summary>
public static class DeclarationRules
{
    /// <param name="audience">The current state.</param>
    /// <param name="declared">The declared state.</param>
    /// <param name="by">The author. Bindings by this author that are no longer declared are unbound when the author is the
    /// configuration.</param>
    /// <param name="why">The author's reason.</param>
    public static DeclarationDecision Decide(Audience audience, AudienceDeclaration declared, string by, string? why)
    {
        var events = new List<IRegistryEvent>();
        var notes = new List<string>();
        foreach (var command in Commands(audience, declared, by, why, notes))
        {
            var decision = AudienceRules.Decide(audience, command);
            if (decision.Refusal is not null)
            {
                return new DeclarationDecision([], notes, decision.Refusal);
            }

            events.AddRange(decision.Events);
            audience = decision.Events.Aggregate(audience, (state, stored) => state.Apply(stored));
        }

        return new DeclarationDecision(events, notes, null);
    }

    private static IEnumerable<AudienceCommand> Commands(
        Audience audience,
        AudienceDeclaration declared,
        string by,
        string? why,
        List<string> notes
    )
    {
        var silent = declared.Text == new AudienceText(null, null, null);
        if (!silent || (audience.Text is null && declared.Versions.Count > 0))
        {
            yield return new RegisterAudience(declared.Text, by, why);
        }

        foreach (var version in declared.Versions.OrderBy(version => version.Version))
        {
            yield return new PublishKey(version.Version, version.Terms, by, why);
        }

        foreach (var feed in declared.Bindings)
        {
            if (audience.Feeds.TryGetValue(feed.Remote, out var now) && now.Version != feed.Version && now.Before.Contains(feed.Version))
            {
                notes.Add($"{feed.Remote} was promoted to {audience.Name}_v{now.Version}; the file still declares version {feed.Version}.");
                yield return new BindAudience(feed.Remote, now.Version, by, why) { Exclusive = feed.Exclusive };
                continue;
            }

            yield return new BindAudience(feed.Remote, feed.Version, by, why) { Exclusive = feed.Exclusive };
        }

        foreach (var command in Experiments(audience, declared, by, why, notes))
        {
            yield return command;
        }

        if (by == EventUpcasters.Configuration)
        {
            foreach (
                var gone in audience.Feeds.Where(feed => feed.Value.By == by && declared.Bindings.All(d => d.Remote != feed.Key)).ToList()
            )
            {
                yield return new UnbindAudience(gone.Key, by, why ?? "no longer declared");
            }
        }
    }

    // What is no longer declared ends first, so that another one may take its place in the same file.
    private static IEnumerable<AudienceCommand> Experiments(
        Audience audience,
        AudienceDeclaration declared,
        string by,
        string? why,
        List<string> notes
    )
    {
        if (by == EventUpcasters.Configuration)
        {
            foreach (var (name, known) in audience.Experiments)
            {
                if (!known.Ended && known.By == by && declared.Experiments.All(terms => terms.Name != name))
                {
                    yield return new EndExperiment(name, by, why ?? "no longer declared");
                }
            }
        }

        foreach (var terms in declared.Experiments)
        {
            if (audience.Experiments.GetValueOrDefault(terms.Name ?? "") is { Ended: true })
            {
                notes.Add($"{audience.Name}: the experiment {terms.Name} was ended; the file still declares it.");
            }

            yield return new DeclareExperiment(terms, by, why);
        }
    }
}
