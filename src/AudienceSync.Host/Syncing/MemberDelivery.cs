using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>A member to be said, under the revision and normalizer by which he is to be said.</summary>
public readonly record struct MemberDelivery(PersonId Person, int Revision, NormalizerVersion Normalizer)
{
    /// <summary>What of him is said.</summary>
    public IdentifierParts Parts { get; init; } = IdentifierParts.All;

    /// <summary>For a removal: what of the person is left out, because another member of the list has it.</summary>
    public IdentifierParts Kept { get; init; }

    /// <summary>What the ledger shall say when a removal is done; null for absent.</summary>
    public LedgerEntry? After { get; init; }

    /// <summary>Whether the ledger has no row of him yet.</summary>
    public bool IsNew { get; init; }

    /// <summary>What the ledger says of him just before. For what a refusal makes of it see <see cref="Refusals"/>.</summary>
    public LedgerEntry Before { get; init; }

    /// <summary>What was said of him before and never answered; null when nothing was. See <see cref="InDoubtCalls"/>.</summary>
    public LedgerEntry? Unanswered { get; init; }

    /// <summary>When that was said; null when it is not known.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>For a removal: another saying of his follows and takes its row, so what is refused goes to the remains.</summary>
    public bool Replaced { get; init; }

    /// <summary>For a removal: it is of what remains beside the ledger, for this reason.</summary>
    public ResidualKind? Residual { get; init; }

    public LedgerEntry Entry(LedgerStatus status) => new(status, Revision, Normalizer);
}
