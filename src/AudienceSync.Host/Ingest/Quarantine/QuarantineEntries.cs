using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Quarantine;

/// <summary>The quarantine entries of one source, with what was sent sealed and indexed.</summary>
internal sealed class QuarantineEntries(Source source, BodySeal seal, BodyMentions mentions)
{
    /// <summary>The entry of an event that is held or refused.</summary>
    public QuarantineEntry Of(in ParsedEvent parsed, DateTimeOffset receivedAt) =>
        (
            parsed.Quarantine is { } reason
                ? Entry(refused: false, reason.Code, reason.Detail, parsed.AudienceKey, parsed.Id, parsed.Text, receivedAt)
                : Entry(refused: true, parsed.Problem!.Code, parsed.Problem.Detail, null, null, parsed.Text, receivedAt)
        ) with
        {
            Named = parsed.Named,
            Text = parsed.Text,
            IsRemoval = parsed.IsHeldRemoval,
        };

    /// <summary>The entry of a body that is refused as a whole.</summary>
    public QuarantineEntry Of(IngestProblem problem, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt) =>
        Entry(refused: true, problem.Code, problem.Detail, null, null, body, receivedAt);

    /// <summary>
    /// The id of an entry: by the event it would have been, else by the digest of its text. A redelivery of the same is the same entry,
    /// with the same receipt.
    /// </summary>
    public Guid IdOf(string code, EventId? id, ReadOnlySpan<byte> text)
    {
        var identity = id is { } known ? known.ToString() : seal.Fingerprint(text);
        return EventId.Derive("quarantine/" + source.Name, $"{code}/{identity}").Value;
    }

    private QuarantineEntry Entry(
        bool refused,
        string code,
        string detail,
        string? audienceKey,
        EventId? id,
        ReadOnlyMemory<byte> text,
        DateTimeOffset receivedAt
    )
    {
        var plain = text.Span;
        return new QuarantineEntry(
            IdOf(code, id, plain),
            source.Name,
            refused,
            code,
            detail,
            audienceKey,
            id,
            receivedAt,
            plain.Length,
            seal.Seal(receivedAt, plain)
        )
        {
            Texts = mentions.Of(text, source.DefaultCountry),
        };
    }
}
