using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Storage.Log;

/// <summary>Something an authenticated sender said that was not applied, with its body sealed.</summary>
/// <param name="Id">Derived from what was said, so that the same thing said again is one row.</param>
/// <param name="Source">Who said it.</param>
/// <param name="Refused">Whether the sender was refused; otherwise he was told that it waits.</param>
/// <param name="Reason">A stable code.</param>
/// <param name="Detail">One sentence, without anything the sender wrote.</param>
/// <param name="AudienceKey">The key it was for, when that much is known and valid.</param>
/// <param name="EventId">The event it would have been.</param>
/// <param name="ReceivedAt">When.</param>
/// <param name="BodyBytes">How long the body was; 0 when it was too long to be kept.</param>
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
    byte[] Cipher)
{
    /// <summary>Keyed digests of its texts, by which it is found; null when there are too many: see <see cref="Privacy.Erasure.BodyMentions"/>.</summary>
    public Guid[]? Texts { get; init; }

    /// <summary>Whom it names, as far as that could be read.</summary>
    public Mention? Mention { get; init; }

    /// <summary>Whether it is a removal that holds as soon as its key is published.</summary>
    public bool IsRemoval { get; init; }

    /// <summary>By what it is found: its texts, and whom it names as its sender's identifiers are read.</summary>
    internal Guid[] Mentions => [.. (Texts ?? []).Concat(Mention?.Aliases.Select(alias => alias.Digest.Value) ?? []).Distinct()];
}
