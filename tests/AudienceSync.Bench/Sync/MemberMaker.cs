using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Bench.Sync;

/// <summary>A member as stored in their rows.</summary>
internal sealed record SealedMember(int Number, Guid Person, byte[] Salt, byte[] Cipher, Guid Email, Guid? Phone, DateTimeOffset At);

/// <summary>
/// Creates members as the ingest endpoint would: digests by the workspace's secret, a salt, a sealed first revision. Usable from any number
/// of threads.
/// </summary>
internal sealed class MemberMaker(Vault vault, AliasDigester digester, DateTimeOffset now)
{
    // Members were added an hour ago, so that a removal now is later than the add.
    private readonly DateTimeOffset _at = now - TimeSpan.FromHours(1);

    public SealedMember Make(int number)
    {
        PersonIdentifiers identifiers = IdentifierReader.Ensure(BenchPeople.Of(number));
        var person = new PersonId(Guid.CreateVersion7(_at + TimeSpan.FromMilliseconds(number)));
        byte[] salt = Vault.NewSalt();
        Alias email = digester.Digest(IdentifierKind.Email, AliasText.Of(identifiers, IdentifierKind.Email)!);
        Alias? phone = AliasText.Of(identifiers, IdentifierKind.Phone) is { } canonical
            ? digester.Digest(IdentifierKind.Phone, canonical)
            : null;
        var claims = new List<IdentifierClaim>
        {
            new(email, identifiers.Email!.Trim(), "", HashedFields.None, _at)
            {
                Canonical = identifiers.CanonicalEmail,
                Parser = identifiers.Parser,
            },
        };
        if (phone is { } address)
        {
            claims.Add(
                new IdentifierClaim(address, identifiers.Phone!, identifiers.Country, HashedFields.None, _at)
                {
                    Canonical = identifiers.CanonicalPhone,
                    Parser = identifiers.Parser,
                }
            );
        }

        var revision = new IdentifierRevision(
            new IdentifierClaims(null, claims, null, null, default),
            identifiers with
            {
                Email = identifiers.Email.Trim(),
            }
        );
        return new SealedMember(
            number,
            person.Value,
            salt,
            vault.Seal(person, 1, salt, revision),
            email.Digest.Value,
            phone?.Digest.Value,
            _at
        );
    }
}
