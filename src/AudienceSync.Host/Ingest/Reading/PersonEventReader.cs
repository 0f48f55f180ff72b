using System.Globalization;
using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// Reads events about a person that are independent of any audience: consent, suppression and the lifting of a suppression. The same format
/// arrives from journeys, as webhooks, and from operators, through the operations under <c>/v1/people</c>.
/// <para>
/// A suppression whose destination cannot be read applies everywhere, and a withdrawal applies whatever its other answer is. An event that
/// permits targeting again must be readable in all of its relevant fields: a lifting in its destination, a grant in both of its answers.
/// </para>
/// </summary>
/// <param name="digester">Computes aliases.</param>
/// <param name="destinations">The names to which a suppression may be limited: a name that no destination has would silently suppress no
/// one.</param>
public sealed class PersonEventReader(AliasDigester digester, IReadOnlySet<string> destinations)
{
    /// <summary>Reads an operator's request, whose type is determined by its endpoint.</summary>
    public ParsedEvent Read(JsonElement item, string type, string? id, Source source, DateTimeOffset receivedAt)
    {
        var warnings = default(WarningList);
        Alias[]? named = null;
        return Read(new Incoming(item, type, id, source, receivedAt), ref warnings, ref named);
    }

    internal ParsedEvent Read(in Incoming incoming, ref WarningList warnings, ref Alias[]? named)
    {
        var isNeeded = incoming is { Id: null, TimeNeeded: true };
        if (
            OccurredAt.TryReadField(incoming.Item, incoming.ReceivedAt, isNeeded, incoming.IsRemoval, ref warnings, out var time) is
            { } wrongTime
        )
        {
            return ParsedEvent.Refuse(wrongTime);
        }

        if (PersonFields.TryRead(incoming, digester, ref warnings, ref named, out var person) is { } wrongPerson)
        {
            return ParsedEvent.Refuse(wrongPerson);
        }

        if (TryRead(incoming, time.At, ref warnings, out var stored) is { } problem)
        {
            return ParsedEvent.Refuse(problem);
        }

        var eventId = SenderKey.EventIdOf(
            incoming.Source,
            incoming.Id,
            incoming.Type,
            Discriminator(stored!),
            person.Aliases,
            step: null,
            time.Named
        );
        return time.TooFarAhead
            ? ParsedEvent.Hold(QuarantineReason.OccurredInFuture, eventId, audienceKey: null)
            : ParsedEvent.Append(EventReader.Pending(eventId, stored!, time, person, incoming.Source, digester, warnings.ToArray()));
    }

    /// <summary>
    /// A suppression or its lifting for one identifier, as an imported list has them. Null when the identifier cannot identify a person.
    /// </summary>
    public PendingEvent? Suppression(
        PersonIdentifiers identifiers,
        bool lift,
        string? destination,
        string? reason,
        Source source,
        DateTimeOffset at
    )
    {
        var person = new ReadPerson(identifiers, PersonAliases.Of(digester, identifiers));
        if (person.Aliases.Length == 0)
        {
            return null;
        }

        var type = lift ? EventTypes.SuppressionLifted : EventTypes.Suppressed;
        var stored = Suppression(type, at, source, destination, reason);
        var id = SenderKey.EventIdOf(source, id: null, type, destination, person.Aliases, step: null, at);
        return EventReader.Pending(id, stored, new EventTime(at, null, false), person, source, digester, warnings: null);
    }

    public bool HasDestination(string destination) => destinations.Contains(destination);

    private static IStoredEvent Suppression(string type, DateTimeOffset at, Source source, string? destination, string? reason) =>
        type == EventTypes.Suppressed
            ? new PersonSuppressed(at, source.Name, destination, reason)
            : new PersonSuppressionLifted(at, source.Name, destination, reason);

    private IngestProblem? TryRead(in Incoming incoming, DateTimeOffset at, ref WarningList warnings, out IStoredEvent? stored)
    {
        stored = null;
        if (incoming.Type == EventTypes.ConsentChanged)
        {
            return TryConsent(incoming, at, ref warnings, out stored);
        }

        var wrongDestination = TextField.TryRead(
            incoming.Item,
            "destination"u8,
            Limits.ContextChars,
            IngestProblem.UnknownDestination,
            out var destination
        );
        if (wrongDestination is not null || (destination is not null && !HasDestination(destination)))
        {
            if (!incoming.IsRemoval)
            {
                return wrongDestination ?? IngestProblem.UnknownDestination;
            }

            destination = null;
            warnings.Add(wrongDestination ?? IngestProblem.UnknownDestination, "destination");
        }

        if (TextField.TryRead(incoming.Item, "reason"u8, Limits.ContextChars, FieldFaults.Reason, out var reason) is { } wrongReason)
        {
            warnings.Add(wrongReason, "reason");
        }

        stored = Suppression(incoming.Type, at, incoming.Source, destination, reason);
        return null;
    }

    private static IngestProblem? TryConsent(in Incoming incoming, DateTimeOffset at, ref WarningList warnings, out IStoredEvent stored)
    {
        var faults = default(WarningList);
        var consent = ConsentField.Read(incoming.Item, ref faults);
        stored = new PersonConsentChanged(at, incoming.Source.Name, consent);
        if (!consent.IsStated || (faults.Any && !ConsentField.IsWithdrawal(consent)))
        {
            return IngestProblem.InvalidConsent;
        }

        foreach (var fault in faults.ToArray() ?? [])
        {
            warnings.Add(fault.Code, fault.Field);
        }

        return null;
    }

    // What distinguishes two facts of the same type about one person: the destination, and for consent the answers.
    private static string? Discriminator(IStoredEvent stored) =>
        stored switch
        {
            PersonConsentChanged changed => string.Create(
                CultureInfo.InvariantCulture,
                $"{(int)changed.Consent.AdUserData}{(int)changed.Consent.AdPersonalization}"
            ),
            PersonSuppressed suppressed => suppressed.Destination,
            PersonSuppressionLifted lifted => lifted.Destination,
            _ => null,
        };
}
