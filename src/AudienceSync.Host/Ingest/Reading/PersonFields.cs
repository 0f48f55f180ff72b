using System.Text;
using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// Reads which person an event is about: the object <c>person</c>, or the same fields at the top level. An empty template value renders as
/// empty text, so empty text counts as absent. In the object, <c>id</c> is another name for <c>customer_id</c>, as journey tools write it.
/// <para>
/// An event needs one usable identifier and no other data about the person: fields that cannot be read are left out with a warning. It is
/// refused only when no person can be identified, with the first fault of an identifier as the reason.
/// </para>
/// </summary>
internal static class PersonFields
{
    private static readonly PersonDetails Nothing = new();

    /// <param name="item">The event.</param>
    /// <param name="source">The sender.</param>
    /// <param name="digester">Computes aliases.</param>
    /// <param name="isRemoval">Whether the top-level fields are read too when <c>person</c> identifies no one.</param>
    /// <param name="warnings">Receives the fields that were left out.</param>
    /// <param name="person">The person it names; meaningless with a refusal.</param>
    public static IngestProblem? TryRead(
        JsonElement item,
        Source source,
        AliasDigester digester,
        bool isRemoval,
        ref WarningList warnings,
        out ReadPerson person
    )
    {
        if (!item.TryGetProperty("person"u8, out var nested) || nested.ValueKind == JsonValueKind.Null)
        {
            return Read(item, source, digester, isNested: false, ref warnings, out person);
        }

        IngestProblem? problem;
        if (nested.ValueKind == JsonValueKind.Object)
        {
            problem = Read(nested, source, digester, isNested: true, ref warnings, out person);
        }
        else
        {
            (problem, person) = (IngestProblem.InvalidPerson, default);
            warnings.Add(problem, "person");
        }

        return problem is null || !isRemoval || Read(item, source, digester, isNested: false, ref warnings, out person) is not null
            ? problem
            : null;
    }

    /// <summary>Reads the person of an event.</summary>
    /// <param name="incoming">The event.</param>
    /// <param name="digester">Computes aliases.</param>
    /// <param name="warnings">Receives the fields that were left out.</param>
    /// <param name="named">Receives the identifiers that it names, also when it is refused because these identify no one for it.</param>
    /// <param name="person">The person it names; meaningless with a refusal.</param>
    public static IngestProblem? TryRead(
        in Incoming incoming,
        AliasDigester digester,
        ref WarningList warnings,
        ref Alias[]? named,
        out ReadPerson person
    )
    {
        var problem = TryRead(incoming.Item, incoming.Source, digester, incoming.IsRemoval, ref warnings, out person);
        named =
            problem is null ? person.Aliases
            : incoming.IsRemoval ? []
            : NamedBeside(incoming.Item, incoming.Source, digester);
        return problem;
    }

    /// <summary>
    /// The identifiers that an event names in any of its fields, for the check for erased people: an event that is not applied would be
    /// kept in quarantine, and nothing of an erased person may be kept.
    /// </summary>
    public static Alias[] NamedIn(JsonElement item, Source source, AliasDigester digester)
    {
        var ignored = default(WarningList);
        return TryRead(item, source, digester, isRemoval: true, ref ignored, out var person) is null ? person.Aliases : [];
    }

    // The object person, if there is one, was read and identifies no one.
    private static Alias[] NamedBeside(JsonElement item, Source source, AliasDigester digester)
    {
        if (!item.TryGetProperty("person"u8, out var nested) || nested.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        var ignored = default(WarningList);
        return Read(item, source, digester, isNested: false, ref ignored, out var person) is null ? person.Aliases : [];
    }

    private static IngestProblem? Read(
        JsonElement fields,
        Source source,
        AliasDigester digester,
        bool isNested,
        ref WarningList warnings,
        out ReadPerson person
    )
    {
        IngestProblem? problem = null;
        var customerId = Identifier(fields, "customer_id"u8, Limits.CustomerIdChars, isNested, ref warnings, ref problem);
        if (isNested && customerId is null)
        {
            customerId = Identifier(fields, "id"u8, Limits.CustomerIdChars, isNested, ref warnings, ref problem);
        }

        var email = Identifier(fields, "email"u8, Limits.EmailChars, isNested, ref warnings, ref problem);
        var phone = Identifier(fields, "phone"u8, Limits.PhoneChars, isNested, ref warnings, ref problem);
        var details = Details(fields, isNested, ref warnings);
        var texts = new PersonTexts(customerId, email, phone) { Details = details, Hashed = source.Hashed };
        person = Recognize(texts, source, digester, isNested, ref warnings);
        return person.Aliases.Length > 0 ? null : problem ?? IngestProblem.MissingPerson;
    }

    // The only place where the texts of the sender are resolved to the identifiers of a person.
    private static ReadPerson Recognize(PersonTexts texts, Source source, AliasDigester digester, bool isNested, ref WarningList warnings)
    {
        var reading = IdentifierReader.Read(texts, source.Rules);
        foreach (var fault in reading.Faults)
        {
            warnings.Add(fault.Code, isNested ? "person." + fault.Field : fault.Field);
        }

        return new ReadPerson(reading.Identifiers, PersonAliases.Of(digester, reading.Identifiers));
    }

    // A template renders true, false, an object or a list for a missing value: absent, though worth a warning.
    private static string? Identifier(
        JsonElement fields,
        ReadOnlySpan<byte> name,
        int maxChars,
        bool isNested,
        ref WarningList warnings,
        ref IngestProblem? problem
    )
    {
        if (TextField.TryRead(fields, name, maxChars, IngestProblem.InvalidPerson, out var text) is { } wrong)
        {
            warnings.Add(wrong, Path(name, isNested));
            problem ??= wrong == IngestProblem.InvalidPerson ? null : wrong;
        }

        return text;
    }

    private static PersonDetails? Details(JsonElement fields, bool isNested, ref WarningList warnings)
    {
        var read = new PersonDetails
        {
            FirstName = Detail(fields, "first_name"u8, isNested, ref warnings),
            LastName = Detail(fields, "last_name"u8, isNested, ref warnings),
            City = Detail(fields, "city"u8, isNested, ref warnings),
            State = Detail(fields, "state"u8, isNested, ref warnings),
            PostalCode = Detail(fields, "postal_code"u8, isNested, ref warnings),
            Country = Detail(fields, "country"u8, isNested, ref warnings),
            Gender = Detail(fields, "gender"u8, isNested, ref warnings),
            BirthDate = Detail(fields, "birth_date"u8, isNested, ref warnings),
            DeviceId = Detail(fields, "device_id"u8, isNested, ref warnings),
        };
        return read == Nothing ? null : read;
    }

    private static string? Detail(JsonElement fields, ReadOnlySpan<byte> name, bool isNested, ref WarningList warnings)
    {
        if (TextField.TryRead(fields, name, Limits.DetailChars, IngestProblem.InvalidPerson, out var text) is { } wrong)
        {
            warnings.Add(wrong, Path(name, isNested));
        }

        return text;
    }

    private static string Path(ReadOnlySpan<byte> name, bool isNested) =>
        isNested ? "person." + Encoding.UTF8.GetString(name) : Encoding.UTF8.GetString(name);
}
