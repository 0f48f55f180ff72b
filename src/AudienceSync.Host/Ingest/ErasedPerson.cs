namespace AudienceSync.Host.Ingest;

/// <summary>
/// The response to an event that names an erased person. 202, so that no sender retries: the sender did nothing that a retry would correct,
/// and nothing of the event is kept. It reveals no more than that, and only to a sender that already has the identifier.
/// </summary>
internal static class ErasedPerson
{
    public static readonly Receipt Refusal = new(
        Receipt.Refused,
        null,
        "person_erased",
        "An identifier of this event belongs to a person who was erased. Nothing of the event was kept.",
        false
    );
}
