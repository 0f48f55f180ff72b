using System.Globalization;
using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Storage.Log;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Reads what is said of a person beside all audiences: his consent, and that he is to be suppressed or not any longer. The same form comes
/// from journeys, as webhooks, and from people, by the operations under <c>/v1/people</c>.
/// </summary>
/// <param name="digester">Makes aliases.</param>
/// <param name="destinations">The names a suppression may be limited to: one that no destination has would bar nobody, in silence.</param>
public sealed class PersonEventReader(AliasDigester digester, IReadOnlySet<string> destinations)
{
    /// <param name="item">The event.</param>
    /// <param name="type">Its type in the log.</param>
    /// <param name="id">The sender's id of it; null when he gave none.</param>
    /// <param name="source">The sender.</param>
    /// <param name="receivedAt">Now.</param>
    /// <param name="timeNeeded">Whether without an id the time must be said.</param>
    public Verdict Read(JsonElement item, string type, string? id, Source source, DateTimeOffset receivedAt, bool timeNeeded = true)
    {
        if (OccurredAt.TryReadField(item, receivedAt, id is not null || !timeNeeded, out var occurredAt) is { } wrongTime)
        {
            return Verdict.Refuse(wrongTime);
        }

        var wrongPerson = PersonFields.TryRead(item, source, out var identifiers);
        var wrong = TryRead(item, type, source, occurredAt, out var stored);
        if ((wrongPerson ?? wrong) is { } problem)
        {
            return Verdict.Refuse(problem);
        }

        var aliases = PersonAliases.Of(digester, identifiers);
        if (aliases.Length == 0)
        {
            return Verdict.Refuse(IngestProblem.MissingPerson);
        }

        var eventId = EventId.Derive(source.Name, id ?? Composite(aliases[0], type, stored!, occurredAt));
        return occurredAt - receivedAt > Limits.Ahead
            ? Verdict.Hold(QuarantineReason.OccurredInFuture, eventId, audienceKey: null)
            : Verdict.Append(Pending(eventId, stored!, occurredAt, aliases, identifiers));
    }

    /// <summary>A suppression or its lifting for one identifier, as a list brings them. Null when nothing can be recognised by it.</summary>
    public PendingEvent? Suppression(PersonIdentifiers identifiers, bool lift, string? destination, string? reason, Source source, DateTimeOffset at)
    {
        var aliases = PersonAliases.Of(digester, identifiers);
        if (aliases.Length == 0)
        {
            return null;
        }

        IStoredEvent stored = lift
            ? new PersonSuppressionLifted(at, source.Name, destination, reason)
            : new PersonSuppressed(at, source.Name, destination, reason);
        var type = EventTypes.AliasOf(stored);
        return Pending(EventId.Derive(source.Name, Composite(aliases[0], type, stored, at)), stored, at, aliases, identifiers);
    }

    public bool Knows(string destination) => destinations.Contains(destination);

    private PendingEvent Pending(EventId id, IStoredEvent stored, DateTimeOffset at, Alias[] aliases, PersonIdentifiers identifiers) =>
        new(id, EventTypes.AliasOf(stored), EventJson.Write(stored), at, aliases, identifiers)
        {
            Details = identifiers.Details is { } details ? digester.Digest(details) : null,
        };

    private IngestProblem? TryRead(JsonElement item, string type, Source source, DateTimeOffset at, out IStoredEvent? stored)
    {
        stored = null;
        if (type == EventTypes.ConsentChanged)
        {
            var wrongConsent = ConsentField.TryRead(item, out var consent);
            stored = new PersonConsentChanged(at, source.Name, consent);
            return wrongConsent ?? (consent.Said ? null : IngestProblem.InvalidConsent);
        }

        var wrongPlace = TextField.TryRead(item, "destination"u8, Limits.ContextChars, IngestProblem.UnknownDestination, out var destination);
        var wrongReason = TextField.TryRead(item, "reason"u8, Limits.ContextChars, IngestProblem.InvalidContext, out var reason);
        if ((wrongPlace ?? wrongReason) is { } problem)
        {
            return problem;
        }

        stored = type == EventTypes.Suppressed
            ? new PersonSuppressed(at, source.Name, destination, reason)
            : new PersonSuppressionLifted(at, source.Name, destination, reason);
        return destination is null || Knows(destination) ? null : IngestProblem.UnknownDestination;
    }

    // Without an id: who, what, where and when make it the same.
    private static string Composite(Alias person, string type, IStoredEvent stored, DateTimeOffset at)
    {
        var what = stored switch
        {
            PersonConsentChanged said => string.Create(CultureInfo.InvariantCulture, $"{(int)said.Consent.AdUserData}{(int)said.Consent.AdPersonalization}"),
            PersonSuppressed said => said.Destination,
            PersonSuppressionLifted said => said.Destination,
            _ => null,
        };
        return string.Create(CultureInfo.InvariantCulture, $"composite/{person.Digest.Value:N}/{type}/{what}/{at.UtcTicks / 10}");
    }
}
