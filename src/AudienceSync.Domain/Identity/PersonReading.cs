namespace AudienceSync.Domain.Identity;

/// <summary>What a sender wrote of a person, field by field; null where nothing was written.</summary>
public sealed record PersonTexts(string? CustomerId, string? Email, string? Phone)
{
    /// <summary>Name, place and the rest. Their country is by what a national phone number is read.</summary>
    public PersonDetails? Details { get; init; }

    /// <summary>Which of the texts the sender declares to be digests.</summary>
    public HashedFields Hashed { get; init; }

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "PersonTexts(***)";
}

/// <summary>How a source's people are read.</summary>
/// <param name="DefaultCountry">By which a national phone number is read when the person has no country (ISO 3166-1 alpha-2); empty when there is none.</param>
public sealed record ReaderRules(string DefaultCountry)
{
    /// <summary>What is no identifier of this source, the built-in placeholders included.</summary>
    public Placeholders Placeholders { get; init; } = Placeholders.BuiltIn;
}

/// <summary>A field whose text is not used.</summary>
/// <param name="Field">As senders name it: <c>email</c>, <c>device_id</c>.</param>
/// <param name="Fault">Why.</param>
public readonly record struct FieldFault(string Field, IdentifierFault Fault)
{
    /// <summary>The fault's stable code.</summary>
    public string Code => Fault.Code();

    /// <summary>Without the text, which may be personal data.</summary>
    public override string ToString() => $"{Field}: {Code}";
}

/// <summary>A person as read.</summary>
/// <param name="Identifiers">What is used of the texts.</param>
/// <param name="Faults">What is not used, and why; empty fields have none.</param>
public sealed record PersonReading(PersonIdentifiers Identifiers, IReadOnlyList<FieldFault> Faults)
{
    /// <summary>Whether anything names a person.</summary>
    public bool HasIdentifier => Identifiers.CustomerId is not null || Identifiers.CanonicalEmail is not null || Identifiers.CanonicalPhone is not null;

    /// <summary>The fault of a field; none when it has none.</summary>
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
