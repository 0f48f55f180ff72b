using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Normalizing;

/// <summary>
/// The rules of one platform at one version, as one table. A version is permanent: a better rule is a new version beside the old one,
/// because a member can only be removed by the digest under which they were added (design section 6, rule 4). Safe for any number of
/// threads.
/// </summary>
public sealed class Normalizer
{
    /// <summary>Space for any normal form; a longer one is <see cref="CellReason.TooLong"/>.</summary>
    public const int MaxChars = 1024;

    private readonly NormalizerRule?[] _rules = new NormalizerRule?[(int)PersonField.ExternalId + 1];

    public Normalizer(NormalizerFamily family, NormalizerVersion version, string name, IReadOnlyList<NormalizerRule> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        Family = family;
        Version = version;
        Name = name;
        Rules = rules;
        foreach (var rule in rules)
        {
            _rules[(int)rule.Field] = _rules[(int)rule.Field] is null
                ? rule
                : throw new ArgumentException($"Two rules for {rule.Field}.", nameof(rules));
        }
    }

    public NormalizerFamily Family { get; }

    public NormalizerVersion Version { get; }

    /// <summary>A short description of this version for people.</summary>
    public string Name { get; }

    public IReadOnlyList<NormalizerRule> Rules { get; }

    public bool Takes(PersonField field) => _rules[(int)field] is not null;

    public NormalizerRule? RuleOf(PersonField field) => _rules[(int)field];

    /// <summary>
    /// Writes the normal form of one field of a person, or the digest when the field was sent hashed, into at least
    /// <see cref="MaxChars"/> characters. Never throws for the values of a person.
    /// </summary>
    public Cell Normalize(PersonIdentifiers person, PersonField field, Span<char> into)
    {
        ArgumentNullException.ThrowIfNull(person);
        var rule = _rules[(int)field];
        if (rule is null)
        {
            return Cell.Empty(CellReason.NotTaken);
        }

        person = IdentifierReader.Ensure(person);
        var raw = FieldText.Input(person, field);
        if (string.IsNullOrWhiteSpace(raw))
        {
            return Cell.Empty(FieldText.ReasonOf(person, field));
        }

        var hashed = person.Hashed & FieldText.HashedFormsOf(field);
        if (hashed != HashedFields.None)
        {
            return (hashed & rule.TakesHashed) == hashed ? DigestText.Write(raw, into) : Cell.Empty(CellReason.OtherDigest);
        }

        return DigestText.Is(raw.AsSpan().Trim()) && field != PersonField.ExternalId
            ? Cell.Empty(CellReason.UndeclaredDigest)
            : rule.Write(raw, FieldText.CountryOf(person, field), into);
    }

    /// <summary>As <see cref="Normalize"/>, as a string; null when the cell is empty. For pages and tests.</summary>
    public string? Text(PersonIdentifiers person, PersonField field)
    {
        Span<char> into = stackalloc char[MaxChars];
        var cell = Normalize(person, field, into);
        return cell.IsEmpty ? null : new string(into[..cell.Length]);
    }
}
