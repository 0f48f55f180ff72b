namespace AudienceSync.Domain.Identity;

/// <summary>An anchor as stored before a batch of webhooks is applied.</summary>
/// <param name="Id">Its id, which is also that of its event stream.</param>
/// <param name="Anchor">The identifier it stands for.</param>
/// <param name="Owner">The person it is linked to; null for a root.</param>
/// <param name="Revision">Its current identifier revision, from 1; 0 while it is being created.</param>
/// <param name="StreamVersion">The number of events in its stream.</param>
/// <param name="Reach">What its current revision holds.</param>
public sealed record KnownPerson(PersonId Id, Alias Anchor, PersonId? Owner, int Revision, long StreamVersion, Reach Reach);

/// <summary>The identifiers of a person's current revision, as digests: enough to detect that a webhook contains nothing new.</summary>
public readonly record struct Reach(AliasDigest? Email, AliasDigest? Phone, AliasDigest? Details)
{
    /// <summary>The bit of a kind in <c>saidKinds</c>.</summary>
    public static int Bit(IdentifierKind kind) => 1 << (int)kind;

    /// <summary>The bit of the details, which are not an identifier.</summary>
    public const int DetailsBit = 1;
}
