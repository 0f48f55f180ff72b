using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.History;

/// <summary>The person to look up, by exactly one identifier.</summary>
public sealed record PersonLookup(string? CustomerId, string? Email, string? Phone, string? Country)
{
    /// <summary>Null when not exactly one identifier is given, or when it cannot be read.</summary>
    /// <param name="digester">Derives aliases.</param>
    /// <param name="defaultCountry">Country of a national phone number when the person has no country.</param>
    public Alias? Alias(AliasDigester digester, string defaultCountry = "") =>
        Read(defaultCountry) is { } identifiers && PersonAliases.Of(digester, identifiers) is [var alias] ? alias : null;

    /// <summary>The identifier as parsed by the reader; null when not exactly one identifier is given.</summary>
    public PersonIdentifiers? Read(string defaultCountry)
    {
        if (new[] { CustomerId, Email, Phone }.Count(given => !string.IsNullOrWhiteSpace(given)) != 1)
        {
            return null;
        }

        var texts = new PersonTexts(CustomerId, Email, Phone)
        {
            Details = Country is null ? null : new PersonDetails { Country = Country },
        };
        return IdentifierReader.Read(texts, new ReaderRules(defaultCountry)).Identifiers;
    }

    /// <summary>Keeps personal data from reaching a log by accident.</summary>
    public override string ToString() => "PersonLookup(***)";
}
