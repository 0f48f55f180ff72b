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
