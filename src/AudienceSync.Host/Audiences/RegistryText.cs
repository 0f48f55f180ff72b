using System.Globalization;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Audiences;

/// <summary>A change of the registry in one line, for plans and histories.</summary>
public static class RegistryText
{
    public static string Of(IRegistryEvent stored) =>
        stored switch
        {
            AudienceRegistered registered => $"register {registered.Audience}{Of(registered.Text)}",
            AudienceDescribed described => $"describe {described.Audience}{Of(described.Text)}",
            AudienceKeyPublished published => $"publish {published.AudienceKey} ({Of(published.Terms)})",
            AudienceBound bound => $"bind {bound.Remote} to {bound.AudienceKey}{(bound.Exclusive ? ", exclusive" : "")}",
            AudienceUnbound unbound => $"unbind {unbound.Remote} from {unbound.Audience}",
            AudienceKeyPromoted promoted => $"promote {promoted.AudienceKey} at {promoted.Remote} (was {promoted.From})",
            AudienceKeyRolledBack back => $"roll back to {back.AudienceKey} at {back.Remote} (was {back.From})",
            AudienceKeyRetired retired => $"retire {retired.AudienceKey}",
            AudienceExperimentDeclared declared => $"hold out {Percent(declared.Experiment.HoldoutShare)} of {declared.Audience} for "
                + $"{declared.Experiment.Name}{From(declared.Experiment.StartsAt)}{Until(declared.Experiment.EndsAt)}",
            AudienceExperimentEnded ended => $"end the experiment {ended.Experiment} of {ended.Audience}",
            AudiencePaused => $"pause {stored.Audience}",
            AudienceResumed => $"resume {stored.Audience}",
            _ => EventTypes.AliasOf(stored),
        };

    public static string Of(KeyTerms terms)
    {
        var window = terms.WindowS is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400.0:0.####} days")
            : "no window";
        return $"{window}, match by {string.Join(' ', AudienceLabels.Of(terms.MatchKeys))}, consent "
            + $"{AudienceLabels.Of(terms.Consent)}{(terms.Inherits ? ", inherits" : "")}";
    }

    /// <summary>A share of an experiment.</summary>
    internal static string Percent(int share) => string.Create(CultureInfo.InvariantCulture, $"{share / 100m:0.##} %");

    private static string From(DateTimeOffset? start) => start is { } at ? $" from {Time(at)}" : "";

    private static string Until(DateTimeOffset? end) => end is { } at ? $" until {Time(at)}" : "";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Of(AudienceText text)
    {
        var stored = new[]
        {
            text.Purpose is null ? null : $"purpose: {text.Purpose}",
            text.Owner is null ? null : $"owner: {text.Owner}",
            text.Definition is null ? null : $"definition: {text.Definition}",
            text.ExpectedVolume is { } volume ? string.Create(CultureInfo.InvariantCulture, $"expected volume: {volume}") : null,
        };
        return stored.All(one => one is null) ? "" : $" ({string.Join("; ", stored.OfType<string>())})";
    }
}
