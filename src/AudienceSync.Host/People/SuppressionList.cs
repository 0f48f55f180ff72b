using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Requests;
using CsvHelper;

namespace AudienceSync.Host.People;

/// <summary>A cell of a list: an identifier, or why it is not one.</summary>
/// <param name="Line">The header is line 1.</param>
/// <param name="Column">The column's name; null for the line as a whole.</param>
/// <param name="Identifiers">The one identifier; null when there is none.</param>
/// <param name="Code">Why there is none.</param>
public readonly record struct ListedIdentifier(long Line, string? Column, PersonIdentifiers? Identifiers, string? Code);

/// <summary>
/// A list of people as CSV with a header. Columns: <c>customer_id</c>, <c>email</c>, <c>phone</c>, <c>email_sha256</c>,
/// <c>phone_sha256_e164</c>, <c>phone_sha256_digits</c>, and <c>country</c>, by which the line's phone is read; others are ignored. Each
/// identifier of a line counts on its own: a list names people to suppress, not which identifiers belong together.
/// </summary>
/// <param name="text">The list, UTF-8.</param>
public sealed partial class SuppressionList(Stream text)
{
    /// <summary>The code of a line without a value in any known column.</summary>
    public const string NoIdentifier = "no_identifier";

    private const string TooManyFields = "too_many_fields";
    private const string SpreadsheetValue = "spreadsheet_value";
    private const string InvalidText = "invalid_text";

    private static readonly CsvReaderOptions Form = new()
    {
        TrimWhitespace = true,
        TrimInsideQuotes = true,
        TrackLineNumbers = true,
        SkipEmptyLines = true,
        IncludeValuesInExceptions = false,
        MalformedData = CsvMalformedDataHandling.Throw,
        FieldCountMismatch = CsvFieldCountHandling.Allow,
        MaxRecordSize = 100_000,
    };

    private static readonly string[] Columns =
    [
        "customer_id",
        "email",
        "phone",
        "email_sha256",
        "phone_sha256_e164",
        "phone_sha256_digits",
    ];

    public string? Destination { get; init; }

    public string? Reason { get; init; }

    public bool Lift { get; init; }

    public string DefaultCountry { get; init; } = "";

    /// <summary>What separates the columns.</summary>
    public char Delimiter { get; init; } = ListDelimiter.Default;

    /// <summary>Columns of the header, from 1, that are ignored. Known once the header is read.</summary>
    public IReadOnlyList<int> IgnoredColumns { get; private set; } = [];

    /// <summary>Every cell with an identifier, and every cell and line that has none.</summary>
    /// <exception cref="FormatException">No header, or none of its columns is known; not CSV, or not UTF-8.</exception>
    public async IAsyncEnumerable<ListedIdentifier> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var utf8 = new Utf8Lines(text);
        await using var csv = CsvReader.Create(utf8, Form with { Separator = Delimiter }, leaveOpen: true);
        var (known, width) = await HeaderAsync(csv, cancellationToken);
        var countryColumn = Array.FindIndex(
            [.. csv.Headers ?? []],
            name => name.Trim().Equals("country", StringComparison.OrdinalIgnoreCase)
        );
        while (await NextAsync(csv, cancellationToken))
        {
            var fields = csv.Current.ToArray();
            var country = countryColumn >= 0 && countryColumn < fields.Length ? fields[countryColumn] : null;
            if (fields.Skip(width).Any(field => !string.IsNullOrWhiteSpace(field)))
            {
                // A delimiter inside a value: every cell after it may be in the wrong column.
                yield return new ListedIdentifier(csv.LineNumber, null, null, TooManyFields);
                continue;
            }

            var any = false;
            foreach (var (column, index) in known)
            {
                // White space of any kind, as the reader of persons ignores it.
                if (index < fields.Length && fields[index] is var value && !string.IsNullOrWhiteSpace(value))
                {
                    any = true;
                    yield return Read(csv.LineNumber, column, value, country);
                }
            }

            if (!any)
            {
                yield return new ListedIdentifier(csv.LineNumber, null, null, NoIdentifier);
            }
        }
    }

    // What a spreadsheet leaves where an identifier was: digits are lost for good, so no person can be found by it.
    private static string? Unusable(string column, string value) =>
        value.Any(char.IsControl) ? InvalidText
        : (column == "customer_id" && SpreadsheetNumber().IsMatch(value))
        || value.StartsWith("=\"", StringComparison.Ordinal)
        || SpreadsheetError().IsMatch(value)
            ? SpreadsheetValue
        : null;

    private ListedIdentifier Read(long line, string column, string value, string? country)
    {
        if (Unusable(column, value) is { } code)
        {
            return new ListedIdentifier(line, column, null, code);
        }

        var empty = new PersonTexts(null, null, null) { Details = country is null ? null : new PersonDetails { Country = country } };
        var texts = column switch
        {
            "customer_id" => empty with { CustomerId = value },
            "email" => empty with { Email = value },
            "email_sha256" => empty with { Email = value, Hashed = HashedFields.EmailSha256 },
            "phone" => empty with { Phone = value },
            "phone_sha256_e164" => empty with { Phone = value, Hashed = HashedFields.PhoneSha256E164 },
            _ => empty with { Phone = value, Hashed = HashedFields.PhoneSha256Digits },
        };
        var reading = IdentifierReader.Read(texts, new ReaderRules(DefaultCountry));
        if (reading.HasIdentifier)
        {
            return new ListedIdentifier(line, column, reading.Identifiers with { Details = null }, null);
        }

        var faults = reading.Faults.Where(fault => column.StartsWith(fault.Field, StringComparison.Ordinal));
        return new ListedIdentifier(line, column, null, faults.Select(fault => fault.Code).FirstOrDefault());
    }

    private async Task<(List<(string Column, int Index)> Known, int Width)> HeaderAsync(CsvReader csv, CancellationToken cancellationToken)
    {
        try
        {
            await csv.ReadHeaderAsync(cancellationToken);
        }
        catch (CsvFormatException error)
        {
            throw NotCsv(error);
        }

        var header = (csv.Headers ?? []).Select((name, index) => (Column: ColumnName(name), Index: index)).ToList();
        var known = header.Where(column => Columns.Contains(column.Column, StringComparer.Ordinal)).ToList();
        IgnoredColumns = [.. header.Except(known).Where(column => column.Column != "country").Select(column => column.Index + 1)];
        return known.Count > 0 ? (known, header.Count) : throw NoHeader(csv.Headers ?? []);
    }

    private FormatException NoHeader(IReadOnlyList<string> header)
    {
        var other = ListDelimiter.Suggest(
            string.Join(Delimiter, header),
            name => Columns.Contains(ColumnName(name), StringComparer.Ordinal)
        );
        return new FormatException(
            other is null
                ? $"The first line must name columns: {string.Join(", ", Columns)}."
                : $"The first line names columns with another delimiter. Send the list with ?delimiter={other}."
        );
    }

    private static string ColumnName(string name)
    {
        var plain = name.Trim().ToLowerInvariant().Replace(' ', '_').Replace('-', '_');
        return plain == "e_mail" ? "email" : plain;
    }

    private static async Task<bool> NextAsync(CsvReader csv, CancellationToken cancellationToken)
    {
        try
        {
            return await csv.ReadAsync(cancellationToken);
        }
        catch (CsvFormatException error)
        {
            throw NotCsv(error);
        }
    }

    private static FormatException NotCsv(CsvFormatException error) =>
        new($"Line {error.LineNumber} is not CSV: a quote is missing or one too many.");

    [GeneratedRegex(@"^[+-]?[0-9]([.,][0-9]+)?[eE]\+[0-9]{1,3}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SpreadsheetNumber();

    [GeneratedRegex(
        @"^#(N/A|REF!|VALUE!|NAME\?|NULL!|NUM!|DIV/0!|SPILL!|CALC!)\z",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex SpreadsheetError();
}
