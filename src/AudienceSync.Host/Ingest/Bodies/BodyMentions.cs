using System.Globalization;
using AudienceSync.Domain;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest.Bodies;

/// <summary>
/// The index of a quarantined body, made when it is written: a keyed digest of each of its texts, read as every kind of identifier, whether
/// or not a person is known by it. So an export or an erasure finds the bodies that name a person without opening the others.
/// <para>
/// <b>Phones</b> depend on a country, and the country of the person who will make the request is not known yet. So in addition to the
/// readings by the source's own country the last digits are digested: they stay the same whatever precedes them. What is found by these
/// alone is opened and read (<see cref="BodySearch.Names"/>).
/// </para>
/// <para>
/// <b>Bound.</b> A body with more than <see cref="MaxDigests"/> is not indexed, and is opened by every search instead: some 8 kB of words,
/// which no event has.
/// </para>
/// </summary>
public sealed class BodyMentions(AliasDigester digester)
{
    /// <summary>The most digests of one body.</summary>
    public const int MaxDigests = 1_024;

    /// <summary>Digits at the end of a phone number that no country's prefix changes.</summary>
    private const int EndDigits = 6;

    // Outside the values of IdentifierKind: the end of a number must not be taken for a number.
    private const IdentifierKind PhoneEndKind = (IdentifierKind)200;

    private static readonly HashedFields[] Forms =
    [
        HashedFields.None,
        HashedFields.EmailSha256 | HashedFields.PhoneSha256Digits,
        HashedFields.PhoneSha256E164,
    ];

    /// <summary>Null when there are too many.</summary>
    /// <param name="body">As it was sent.</param>
    /// <param name="country">The country of the source's national phone numbers; may be empty.</param>
    public Guid[]? Of(ReadOnlyMemory<byte> body, string country)
    {
        string[] countries = country.Length == 0 ? [""] : ["", country];
        var digests = new HashSet<Guid>();
        foreach (var text in BodyTexts.Of(body))
        {
            digests.UnionWith(Read(text, countries, digester).Select(alias => alias.Value));
            if (PhoneEnd(text, digester) is { } end)
            {
                digests.Add(end);
            }

            if (digests.Count > MaxDigests)
            {
                return null;
            }
        }

        return [.. digests];
    }

    /// <summary>A digest of the end of a phone number; null when the text cannot be one.</summary>
    internal static Guid? PhoneEnd(string text, AliasDigester digester)
    {
        if (text.Length > Limits.PhoneChars)
        {
            return null;
        }

        text = WithoutExtension(text);
        if (text.Count(char.IsDigit) < EndDigits)
        {
            return null;
        }

        Span<char> end = stackalloc char[EndDigits];
        var left = EndDigits;
        for (var at = text.Length - 1; left > 0; at--)
        {
            if (char.IsDigit(text[at]))
            {
                end[--left] = (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(text[at]));
            }
        }

        return digester.Digest(PhoneEndKind, new string(end)).Digest.Value;
    }

    // What follows the number is not its end: an extension ("ext. 101", "x5", "#5"), or what a spreadsheet adds (".0").
    private static string WithoutExtension(string text)
    {
        var digits = 0;
        for (var at = 0; at < text.Length; at++)
        {
            digits += char.IsDigit(text[at]) ? 1 : 0;
            if (digits >= EndDigits && (char.IsLetter(text[at]) || text[at] is '#' or ';' or ',' || text[at..] is ".0"))
            {
                return text[..at];
            }
        }

        return text;
    }

    /// <summary>A text read as every kind of identifier.</summary>
    internal static IEnumerable<AliasDigest> Read(string text, IReadOnlyCollection<string> countries, AliasDigester digester)
    {
        var read = new List<(IdentifierKind, string?)> { (IdentifierKind.CustomerId, AliasText.CustomerId(text)) };
        foreach (var form in Forms)
        {
            read.Add((IdentifierKind.Email, AliasText.Email(text, form)));
            read.AddRange(countries.Select(country => (IdentifierKind.Phone, AliasText.Phone(text, country, form))));
        }

        return read.Where(one => one.Item2 is not null).Distinct().Select(one => digester.Digest(one.Item1, one.Item2!).Digest);
    }
}
