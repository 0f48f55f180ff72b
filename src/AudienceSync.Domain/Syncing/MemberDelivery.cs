using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Syncing;

/// <summary>A member to be sent, with the revision and the normalizer to send it under.</summary>
public readonly record struct MemberDelivery(PersonId Person, int Revision, NormalizerVersion Normalizer)
{
    /// <summary>The parts of the person that are sent.</summary>
    public IdentifierParts Parts { get; init; } = IdentifierParts.All;

    /// <summary>Identifiers of the revision that are not part of the delivery, because the key does not match by them.</summary>
    public MatchKeys Omitted { get; init; }

    /// <summary>For a removal: the parts of the person that are left out, because another member of the remote audience has them.</summary>
    public IdentifierParts Kept { get; init; }

    /// <summary>The ledger entry when a removal is done; null for absent.</summary>
    public LedgerEntry? After { get; init; }

    /// <summary>Whether the ledger has no row for the person yet.</summary>
    public bool IsNew { get; init; }

    /// <summary>The ledger entry just before. For the effect of a refusal on it see <see cref="Refusals"/>.</summary>
    public LedgerEntry Before { get; init; }

    /// <summary>What was sent for the person before without a response; null when nothing was. See <see cref="InDoubtCalls"/>.</summary>
    public LedgerEntry? Unanswered { get; init; }

    /// <summary>When that was sent; null when it is not known.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>For a removal: when the membership ended; null when it did not, or when it is not known.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>
    /// For a removal: another delivery of the person follows and takes its row, so a refused removal becomes a residual delivery.
    /// </summary>
    public bool Replaced { get; init; }

    /// <summary>For a removal: it removes a residual delivery of this kind; null for the delivery in the ledger.</summary>
    public ResidualKind? Residual { get; init; }

    public LedgerEntry Entry(LedgerStatus status) => new(status, Revision, Normalizer) { Omitted = Omitted };
}
