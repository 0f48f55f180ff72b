namespace AudienceSync.Domain.Identity;

/// <summary>
/// All addresses that one anchor ever said, each with the last time it did: what its vault holds. Each is a maximum, so any order and any
/// repetition of the same webhooks leaves the same. Bounded: of each kind the latest are kept.
/// </summary>
public sealed class Sayings
{
    /// <summary>Addresses of one kind that are remembered of an anchor; beyond it the one said longest ago is forgotten.</summary>
    public const int MostOfAKind = 50;

    private readonly List<Saying> _addresses;

    public Sayings(string? customerId, IEnumerable<Saying> addresses, PersonDetails? details, AliasDigest? detailsDigest, DateTimeOffset detailsAt)
    {
        CustomerId = customerId;
        _addresses = [.. addresses];
        Details = details;
        DetailsDigest = detailsDigest;
        DetailsAt = detailsAt;
    }

    public Sayings()
        : this(null, [], null, null, default)
    {
    }

    public string? CustomerId { get; private set; }

    public IReadOnlyList<Saying> Addresses => _addresses;

    public PersonDetails? Details { get; private set; }

    /// <summary>The keyed digest of <see cref="Details"/>.</summary>
    public AliasDigest? DetailsDigest { get; private set; }

    public DateTimeOffset DetailsAt { get; private set; }

    /// <summary>The time an address was said last; null when never.</summary>
    public DateTimeOffset? At(AliasDigest address) => Find(address) is var index and >= 0 ? _addresses[index].At : null;

    /// <summary>Takes over what a webhook says. Returns whether anything changed.</summary>
    public bool Say(Statement said)
    {
        var changed = CustomerId is null && said.Identifiers.CustomerId is not null;
        CustomerId ??= said.Identifiers.CustomerId;
        foreach (var alias in said.Aliases)
        {
            changed |= alias.Kind != IdentifierKind.CustomerId && Put(said.SayingOf(alias));
        }

        if (said.Details is { } digest && (DetailsDigest is null || said.At > DetailsAt || (said.At == DetailsAt && digest.Value.CompareTo(DetailsDigest.Value.Value) > 0)))
        {
            changed |= DetailsAt != said.At || DetailsDigest != digest;
            (Details, DetailsDigest, DetailsAt) = (said.Identifiers.Details, digest, said.At);
        }

        return changed;
    }

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "Sayings(***)";

    private bool Put(Saying said)
    {
        var index = Find(said.Address.Digest);
        if (index < 0)
        {
            _addresses.Add(said);
            Forget(said.Address.Kind);
            return true;
        }

        var held = _addresses[index];
        var merged = Plainer(held, said) with { At = said.At > held.At ? said.At : held.At };
        _addresses[index] = merged;
        return merged != held;
    }

    // The same address as plain text serves every platform, as a hash only some.
    private static Saying Plainer(Saying held, Saying said)
    {
        if (held.Hashed != said.Hashed)
        {
            return held.Hashed > said.Hashed ? said : held;
        }

        return string.CompareOrdinal(said.Text, held.Text) < 0 ? said : held;
    }

    private void Forget(IdentifierKind kind)
    {
        var ofKind = _addresses.Where(saying => saying.Address.Kind == kind).ToList();
        if (ofKind.Count > MostOfAKind)
        {
            _addresses.Remove(ofKind.Aggregate((oldest, saying) => oldest.IsLaterThan(saying) ? saying : oldest));
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
