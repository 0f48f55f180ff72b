using System.Globalization;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Audiences;

/// <summary>A change of the registry in one line, for plans and histories.</summary>
public static class RegistryWords
{
    public static string Of(IRegistryEvent said) => said switch
    {
        AudienceRegistered registered => $"register {registered.Audience}{Of(registered.Text)}",
        AudienceDescribed described => $"describe {described.Audience}{Of(described.Text)}",
        AudienceKeyPublished published => $"publish {published.AudienceKey} ({Of(published.Terms)})",
        AudienceBound bound => $"bind {bound.Remote} to {bound.AudienceKey}",
        AudienceUnbound unbound => $"unbind {unbound.Remote} from {unbound.Audience}",
        AudienceKeyPromoted promoted => $"promote {promoted.AudienceKey} at {promoted.Remote} (was {promoted.From})",
        AudienceKeyRolledBack back => $"roll back to {back.AudienceKey} at {back.Remote} (was {back.From})",
        AudienceKeyRetired retired => $"retire {retired.AudienceKey}",
        AudiencePaused => $"pause {said.Audience}",
        AudienceResumed => $"resume {said.Audience}",
        _ => EventTypes.AliasOf(said),
    };

    public static string Of(KeyTerms terms)
    {
        var window = terms.WindowS is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400.0:0.####} days")
            : "no window";
        return $"{window}, match by {string.Join(' ', AudienceWords.Of(terms.MatchKeys))}, consent {AudienceWords.Of(terms.Consent)}{(terms.Inherits ? ", inherits" : "")}";
    }

    private static string Of(AudienceText text)
    {
        var said = new[]
        {
            text.Purpose is null ? null : $"purpose: {text.Purpose}",
            text.Owner is null ? null : $"owner: {text.Owner}",
            text.Definition is null ? null : $"definition: {text.Definition}",
            text.ExpectedVolume is { } volume ? string.Create(CultureInfo.InvariantCulture, $"expected volume: {volume}") : null,
        };
        return said.All(one => one is null) ? "" : $" ({string.Join("; ", said.OfType<string>())})";
    }
}
