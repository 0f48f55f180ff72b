namespace AudienceSync.Domain.Identity;

/// <summary>
/// All addresses ever claimed for one anchor, each with the latest time of its claim: the content of its vault. Each time is a maximum, so
/// any order and any repetition of the same webhooks gives the same result. Bounded: of each kind the latest are kept.
/// </summary>
public sealed class IdentifierClaims
{
    /// <summary>Addresses of one kind that are kept for an anchor; beyond it, the one with the oldest claim is dropped.</summary>
    public const int MaxPerKind = 50;

    private readonly List<IdentifierClaim> _addresses;

    public IdentifierClaims(
        string? customerId,
        IEnumerable<IdentifierClaim> addresses,
        PersonDetails? details,
        AliasDigest? detailsDigest,
        DateTimeOffset detailsAt
    )
    {
        CustomerId = customerId;
        _addresses = [.. addresses];
        Details = details;
        DetailsDigest = detailsDigest;
        DetailsAt = detailsAt;
    }

    public IdentifierClaims()
        : this(null, [], null, null, default) { }

    public string? CustomerId { get; private set; }

    public IReadOnlyList<IdentifierClaim> Addresses => _addresses;

    public PersonDetails? Details { get; private set; }

    /// <summary>The keyed digest of <see cref="Details"/>.</summary>
    public AliasDigest? DetailsDigest { get; private set; }

    public DateTimeOffset DetailsAt { get; private set; }

    /// <summary>The latest time an address was claimed; null when never.</summary>
    public DateTimeOffset? At(AliasDigest address) => Find(address) is var index and >= 0 ? _addresses[index].At : null;

    /// <summary>Applies the claims of a webhook. Returns whether anything changed.</summary>
    public bool Add(Statement statement)
    {
        var changed = CustomerId is null && statement.Identifiers.CustomerId is not null;
        CustomerId ??= statement.Identifiers.CustomerId;
        foreach (var alias in statement.Aliases)
        {
            changed |= alias.Kind != IdentifierKind.CustomerId && Put(statement.ClaimOf(alias));
        }

        if (
            statement.Details is { } digest
            && (
                DetailsDigest is null
                || statement.At > DetailsAt
                || (statement.At == DetailsAt && digest.Value.CompareTo(DetailsDigest.Value.Value) > 0)
            )
        )
        {
            changed |= DetailsAt != statement.At || DetailsDigest != digest;
            (Details, DetailsDigest, DetailsAt) = (statement.Identifiers.Details, digest, statement.At);
        }

        return changed;
    }

    /// <summary>Keeps personal data out of logs.</summary>
    public override string ToString() => "IdentifierClaims(***)";

    private bool Put(IdentifierClaim statement)
    {
        var index = Find(statement.Address.Digest);
        if (index < 0)
        {
            _addresses.Add(statement);
            DropOldest(statement.Address.Kind);
            return true;
        }

        var held = _addresses[index];
        var merged = Plainer(held, statement) with { At = statement.At > held.At ? statement.At : held.At };
        _addresses[index] = merged;
        return merged != held;
    }

    // The same address as plain text can be sent to every platform, as a hash only to some.
    private static IdentifierClaim Plainer(IdentifierClaim held, IdentifierClaim statement)
    {
        if (held.Hashed != statement.Hashed)
        {
            return held.Hashed > statement.Hashed ? statement : held;
        }

        return string.CompareOrdinal(statement.Text, held.Text) < 0 ? statement : held;
    }

    private void DropOldest(IdentifierKind kind)
    {
        var ofKind = _addresses.Where(claim => claim.Address.Kind == kind).ToList();
        if (ofKind.Count > MaxPerKind)
        {
            _addresses.Remove(ofKind.Aggregate((oldest, claim) => oldest.IsLaterThan(claim) ? claim : oldest));
        }
    }

    private int Find(AliasDigest address)
    {
        for (var i = 0; i < _addresses.Count; i++)
        {
            if (_addresses[i].Address.Digest == address)
            {
                return i;
            }
        }

        return -1;
    }
}
