using System.Runtime.CompilerServices;
using AudienceSync.Domain.Identity;
using CsvHelper;

namespace AudienceSync.Host.People;

/// <summary>
/// A list of people as CSV with a header. Columns: <c>customer_id</c>, <c>email</c>, <c>phone</c>, <c>email_sha256</c>,
/// <c>phone_sha256_e164</c>, <c>phone_sha256_digits</c>, and <c>country</c>, by which the line's phone is read; others are ignored. Each identifier of a line is a word of its own: a list says whom
/// to bar, not who belongs to whom.
/// </summary>
/// <param name="text">The list, UTF-8.</param>
public sealed class SuppressionList(Stream text)
{
    private static readonly CsvReaderOptions Form = new()
    {
        TrimWhitespace = true,
        TrackLineNumbers = true,
        SkipEmptyLines = true,
        IncludeValuesInExceptions = false,
        MalformedData = CsvMalformedDataHandling.Throw,
        FieldCountMismatch = CsvFieldCountHandling.Allow,
        MaxRecordSize = 100_000,
    };

    private static readonly string[] Columns = ["customer_id", "email", "phone", "email_sha256", "phone_sha256_e164", "phone_sha256_digits"];

    public string? Destination { get; init; }

    public string? Reason { get; init; }

    public bool Lift { get; init; }

    public string DefaultCountry { get; init; } = "";

    /// <summary>Each identifier of each line as read, usable or not; null for a line that has none.</summary>
    /// <exception cref="FormatException">No header, or none of its columns is known; or the text is no CSV.</exception>
    public async IAsyncEnumerable<(long Line, PersonReading? Reading)> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var csv = CsvReader.Create(text, Form, leaveOpen: true);
        var known = await HeaderAsync(csv, cancellationToken);
        var countryColumn = Array.FindIndex([.. csv.Headers ?? []], name => name.Trim().Equals("country", StringComparison.OrdinalIgnoreCase));
        while (await NextAsync(csv, cancellationToken))
        {
            var fields = csv.Current.ToArray();
            var country = countryColumn >= 0 && countryColumn < fields.Length ? fields[countryColumn] : null;
            var any = false;
            foreach (var (column, index) in known)
            {
                if (index < fields.Length && fields[index] is { Length: > 0 } value)
                {
                    any = true;
                    yield return (csv.LineNumber, Read(column, value, country));
                }
            }

            if (!any)
            {
                yield return (csv.LineNumber, null);
            }
        }
    }

    private PersonReading Read(string column, string value, string? country)
    {
        var nobody = new PersonTexts(null, null, null) { Details = country is null ? null : new PersonDetails { Country = country } };
        var texts = column switch
        {
            "customer_id" => nobody with { CustomerId = value },
            "email" => nobody with { Email = value },
            "email_sha256" => nobody with { Email = value, Hashed = HashedFields.EmailSha256 },
            "phone" => nobody with { Phone = value },
            "phone_sha256_e164" => nobody with { Phone = value, Hashed = HashedFields.PhoneSha256E164 },
            _ => nobody with { Phone = value, Hashed = HashedFields.PhoneSha256Digits },
        };
        var reading = IdentifierReader.Read(texts, new ReaderRules(DefaultCountry));
        return reading with { Identifiers = reading.Identifiers with { Details = null } };
    }

    private static async Task<List<(string Column, int Index)>> HeaderAsync(CsvReader csv, CancellationToken cancellationToken)
    {
        try
        {
            await csv.ReadHeaderAsync(cancellationToken);
        }
        catch (CsvFormatException wrong)
        {
            throw NoCsv(wrong);
        }

        var header = (csv.Headers ?? []).Select((name, index) => (Column: name.Trim().ToLowerInvariant(), Index: index));
        var known = header.Where(column => Columns.Contains(column.Column, StringComparer.Ordinal)).ToList();
        return known.Count > 0 ? known : throw new FormatException($"The first line must name columns: {string.Join(", ", Columns)}.");
    }

    private static async Task<bool> NextAsync(CsvReader csv, CancellationToken cancellationToken)
    {
        try
        {
            return await csv.ReadAsync(cancellationToken);
        }
        catch (CsvFormatException wrong)
        {
            throw NoCsv(wrong);
        }
    }

    private static FormatException NoCsv(CsvFormatException wrong) => new($"Line {wrong.LineNumber} is no CSV: a quote is missing or one too many.");
}
