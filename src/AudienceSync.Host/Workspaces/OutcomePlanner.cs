using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Workspaces;

/// <summary>Checks the section <c>outcomes</c> of a workspace and turns it into a policy.</summary>
internal sealed class OutcomePlanner(ConfigLoader config)
{
    private const int MostDays = 365;

    /// <summary>Days for which the bodies of reports are kept.</summary>
    /// <exception cref="SetupException">config_invalid</exception>
    public int RawDays(string place, OutcomesConfig outcomes) =>
        outcomes.RawDays is >= RetentionSettings.LeastReportsD and <= RetentionSettings.MostReportsD
            ? outcomes.RawDays
            : throw config.Invalid($"{place}: raw_days must be {RetentionSettings.LeastReportsD} to {RetentionSettings.MostReportsD} days");

    /// <summary>The policy.</summary>
    /// <param name="place">Where it stands in the configuration.</param>
    /// <param name="outcomes">The section.</param>
    /// <param name="destinations">The names that a rule may name.</param>
    /// <exception cref="SetupException">config_invalid</exception>
    public OutcomePolicy Policy(string place, OutcomesConfig outcomes, IReadOnlyList<string> destinations)
    {
        var normal = OutcomePolicy.Default;
        return new OutcomePolicy
        {
            HardBounce = Rule($"{place}.hard_bounce", outcomes.HardBounce, normal.HardBounce, destinations),
            Complaint = Rule($"{place}.complaint", outcomes.Complaint, normal.Complaint, destinations),
            SoftBounces = SoftBounces($"{place}.soft_bounces", outcomes.SoftBounces ?? new SoftBouncesConfig(), destinations),
            Unsubscribe = Rule($"{place}.unsubscribe", outcomes.Unsubscribe, normal.Unsubscribe, destinations),
            Preferences = Rule($"{place}.preferences", outcomes.Preferences, normal.Preferences, destinations),
        };
    }

    private SoftBounceRule SoftBounces(string place, SoftBouncesConfig rule, IReadOnlyList<string> destinations)
    {
        var normal = SoftBounceRule.Default;
        var (count, days) = (rule.Count ?? normal.Count, rule.Days ?? normal.Days);
        return count is >= 1 and <= Moments.Kept && days is >= 1 and <= MostDays
            ? new SoftBounceRule(count, days, Rule(place + ".then", rule.Then, normal.Then, destinations))
            : throw config.Invalid($"{place}: count must be 1 to {Moments.Kept}, and days 1 to {MostDays}");
    }

    private OutcomeRule Rule(string place, object? written, OutcomeRule normal, IReadOnlyList<string> destinations) =>
        written switch
        {
            null => normal,
            "suppress" => OutcomeRule.Suppress,
            "trait_only" => OutcomeRule.TraitOnly,
            IReadOnlyList<object> { Count: > 0 } names when names.All(name => name is string text && destinations.Contains(text)) =>
                OutcomeRule.SuppressAt([.. names.Cast<string>().Distinct()]),
            _ => throw config.Invalid($"{place}: write suppress, trait_only, or a list of destinations of this workspace"),
        };
}
