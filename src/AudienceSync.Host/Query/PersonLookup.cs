using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Query;

/// <summary>Who is asked for: exactly one identifier.</summary>
public sealed record PersonLookup(string? CustomerId, string? Email, string? Phone, string? Country)
{
    /// <summary>Null when not exactly one is given, or when it cannot be read.</summary>
    /// <param name="digester">Makes aliases.</param>
    /// <param name="defaultCountry">By which a national phone number is read when the person has no country.</param>
    public Alias? Alias(AliasDigester digester, string defaultCountry = "") =>
        Read(defaultCountry) is { } identifiers && PersonAliases.Of(digester, identifiers) is [var alias] ? alias : null;

    /// <summary>The aliases it may have under an older reader; to be tried while there are such.</summary>
    public IEnumerable<Alias> Older(AliasDigester digester, string defaultCountry) =>
        Read(defaultCountry) is { } identifiers ? OlderForms.Of(identifiers, digester) : [];

    /// <summary>What is asked for as the reader reads it; null when not exactly one identifier is given.</summary>
    public PersonIdentifiers? Read(string defaultCountry)
    {
        if (new[] { CustomerId, Email, Phone }.Count(given => !string.IsNullOrWhiteSpace(given)) != 1)
        {
            return null;
        }

        var texts = new PersonTexts(CustomerId, Email, Phone) { Details = Country is null ? null : new PersonDetails { Country = Country } };
        return IdentifierReader.Read(texts, new ReaderRules(defaultCountry)).Identifiers;
    }

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "PersonLookup(***)";
}
