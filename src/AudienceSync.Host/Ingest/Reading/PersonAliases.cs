using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>The keyed digests of a person's identifiers, strongest first. Empty when none of them can be read.</summary>
internal static class PersonAliases
{
    public static Alias[] Of(AliasDigester digester, PersonIdentifiers identifiers)
    {
        var customerId = AliasText.Of(identifiers, IdentifierKind.CustomerId);
        var email = AliasText.Of(identifiers, IdentifierKind.Email);
        var phone = AliasText.Of(identifiers, IdentifierKind.Phone);
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
