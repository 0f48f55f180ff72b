using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest;

/// <summary>The keyed digests of what a person is called, strongest first. Empty when nothing of it can be recognised.</summary>
internal static class PersonAliases
{
    public static Alias[] Of(AliasDigester digester, PersonIdentifiers identifiers)
    {
        var customerId = identifiers.CustomerId is { } id ? AliasText.CustomerId(id) : null;
        var email = identifiers.Email is { } address ? AliasText.Email(address, identifiers.Hashed) : null;
        var phone = identifiers.Phone is { } number ? AliasText.Phone(number, identifiers.Country, identifiers.Hashed) : null;
        var aliases = new Alias[(customerId is null ? 0 : 1) + (email is null ? 0 : 1) + (phone is null ? 0 : 1)];
        var count = 0;
        Add(IdentifierKind.CustomerId, customerId);
        Add(IdentifierKind.Email, email);
        Add(IdentifierKind.Phone, phone);
        return aliases;

        void Add(IdentifierKind kind, string? text)
        {
            if (text is not null)
            {
                aliases[count++] = digester.Digest(kind, text);
            }
        }
    }
}
