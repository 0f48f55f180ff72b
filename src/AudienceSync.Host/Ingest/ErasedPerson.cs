namespace AudienceSync.Host.Ingest;

/// <summary>
/// The answer to an event that names somebody who was erased. 202, so that no sender tries again: he did nothing that a retry would mend, and
/// nothing of the event is kept. It says no more than that, and to nobody but a sender who knows the identifier himself.
/// </summary>
internal static class ErasedPerson
{
    public static readonly Receipt Refusal = new(
        Receipt.Refused, null, "person_erased", "An identifier of this event belongs to a person who was erased. Nothing of the event was kept.", false);
}
