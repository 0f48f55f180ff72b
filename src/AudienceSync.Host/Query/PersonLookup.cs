using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Query;

/// <summary>Who is asked for: exactly one identifier.</summary>
public sealed record PersonLookup(string? CustomerId, string? Email, string? Phone, string? Country)
{
    /// <summary>Null when not exactly one is given, or when it cannot be read.</summary>
    public Alias? Alias(AliasDigester digester)
    {
        if (new[] { CustomerId, Email, Phone }.Count(given => !string.IsNullOrWhiteSpace(given)) != 1)
        {
            return null;
        }

        var (kind, text) = this switch
        {
            { CustomerId: { } id } => (IdentifierKind.CustomerId, AliasText.CustomerId(id)),
            { Email: { } email } => (IdentifierKind.Email, AliasText.Email(email)),
            _ => (IdentifierKind.Phone, AliasText.Phone(Phone!, Country ?? "")),
        };
        return text is null ? null : digester.Digest(kind, text);
    }

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "PersonLookup(***)";
}
