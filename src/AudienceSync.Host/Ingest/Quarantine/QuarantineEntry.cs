using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest.Quarantine;

/// <summary>Content from an authenticated sender that was not applied, with its body sealed.</summary>
/// <param name="Id">Derived from what was sent, so that a redelivery is the same row.</param>
/// <param name="Source">The sender.</param>
/// <param name="Refused">Whether the sender received a refusal; otherwise the sender was answered that it is held.</param>
/// <param name="Reason">A stable code.</param>
/// <param name="Detail">One sentence, without any content from the sender.</param>
/// <param name="AudienceKey">The key it was for, when that is known and valid.</param>
/// <param name="EventId">The event it would have been.</param>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="BodyBytes">The length of the body; 0 when it was too long to be kept.</param>
/// <param name="Cipher">The body, sealed.</param>
public sealed record QuarantineEntry(
    Guid Id,
    string Source,
    bool Refused,
    string Reason,
    string Detail,
    string? AudienceKey,
    EventId? EventId,
    DateTimeOffset ReceivedAt,
    int BodyBytes,
    byte[] Cipher
)
{
    /// <summary>
    /// Keyed digests of its texts, by which it can be found; null when there are too many: see <see cref="Privacy.Erasure.BodyMentions"/>.
    /// </summary>
    public Guid[]? Texts { get; init; }

    /// <summary>The identifiers of the people it names, as far as they could be read.</summary>
    public Alias[] Named { get; init; } = [];

    /// <summary>The part of the request's body that contains it; empty when nothing else of the body is kept.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>Whether it is a removal that is applied as soon as its key is published.</summary>
    public bool IsRemoval { get; init; }

    /// <summary>
    /// The digests by which it can be found: those of its texts, and of the people it names as the identifiers of its sender are read.
    /// </summary>
    internal Guid[] Mentions => [.. (Texts ?? []).Concat(Named.Select(alias => alias.Digest.Value)).Distinct()];
}
