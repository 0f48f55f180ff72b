namespace AudienceSync.Domain.Identity;

/// <summary>What a sender sent about a person, field by field; null where nothing was sent.</summary>
public sealed record PersonTexts(string? CustomerId, string? Email, string? Phone)
{
    /// <summary>Name, place and the rest. Their country is the one used to parse a national phone number.</summary>
    public PersonDetails? Details { get; init; }

    /// <summary>Which of the texts the sender declares as digests.</summary>
    public HashedFields Hashed { get; init; }

    /// <summary>Keeps personal data out of logs.</summary>
    public override string ToString() => "PersonTexts(***)";
}

/// <summary>The rules for reading the people of a source.</summary>
/// <param name="DefaultCountry">The country used to parse a national phone number when the person has none (ISO 3166-1 alpha-2); may be
/// empty.</param>
public sealed record ReaderRules(string DefaultCountry)
{
    /// <summary>Values that are not identifiers in this source, including the built-in placeholders.</summary>
    public Placeholders Placeholders { get; init; } = Placeholders.BuiltIn;
}

/// <summary>A field whose text is not used.</summary>
/// <param name="Field">The name used by senders: <c>email</c>, <c>device_id</c>.</param>
/// <param name="Fault">Why.</param>
public readonly record struct FieldFault(string Field, IdentifierFault Fault)
{
    /// <summary>The fault's stable code.</summary>
    public string Code => Fault.Code();

    /// <summary>Without the text, which may be personal data.</summary>
    public override string ToString() => $"{Field}: {Code}";
}

/// <summary>The result of reading a person.</summary>
/// <param name="Identifiers">The texts that are used.</param>
/// <param name="Faults">The texts that are not used, and why; empty fields have no fault.</param>
public sealed record PersonReading(PersonIdentifiers Identifiers, IReadOnlyList<FieldFault> Faults)
{
    /// <summary>Whether there is any identifier.</summary>
    public bool HasIdentifier =>
        Identifiers.CustomerId is not null || Identifiers.CanonicalEmail is not null || Identifiers.CanonicalPhone is not null;

    /// <summary>The fault of a field; none when it has no fault.</summary>
    public IdentifierFault FaultOf(string field)
    {
        foreach (var fault in Faults)
        {
            if (fault.Field == field)
            {
                return fault.Fault;
            }
        }

        return IdentifierFault.None;
    }
}
