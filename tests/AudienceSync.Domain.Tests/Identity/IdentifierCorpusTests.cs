using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using AudienceSync.Domain.Identity;
using PhoneNumbers;

namespace AudienceSync.Domain.Tests.Identity;

/// <summary>
/// Canonical forms as produced by the parser version. When an upgrade of libphonenumber or a changed rule produces other forms, this fails:
/// then raise <see cref="IdentifierReader.ParserVersion"/>, write the corpus again (<c>AUDIENCESYNC_WRITE_CORPUS=1</c>), and instruct
/// operators to run <c>people realias</c>.
/// </summary>
public sealed class IdentifierCorpusTests
{
    private static readonly string[] Emails =
    [
        "Ann@Example.com",
        "<x@example.com>",
        "x@example.com.",
        "x@M\u00DCNCHEN.de",
        "x@stra\u00DFe.de",
        "o&#39;brien@example.com",
        "x@example",
        "tt one@example.com",
        "J\u030C@example.com",
        "\u0130@example.com",
        "x@\u4F8B\u3048\u3002jp",
        "a@example.com,b@example.com",
        "jos\u00E9@example.com",
        "Jane.Doe+news@Gmail.com",
    ];

    private static readonly (string Country, string Raw)[] Phones =
    [
        ("US", "+1 907 555 0171 ext. 101"),
        ("US", "5559876501.0"),
        ("LT", "861234511"),
        ("DE", "49 30 1234567"),
        ("GB", "07700 900190"),
        ("US", "+683 4001"),
        ("US", "+290 2345"),
        ("MX", "+52 1 55 1234 5678"),
        ("GB", "4.479E+11"),
        ("US", "555-1234"),
        ("DE", "447911123456"),
        ("BR", "0015 44 20 7946 0958"),
        ("IT", "+39 (0)6 1234 5678"),
        ("US", "+683 40012"),
        ("NU", "40012"),
    ];

    [Fact]
    public void The_canonical_forms_match_the_parser_version()
    {
        var written = Write();
        if (Environment.GetEnvironmentVariable("AUDIENCESYNC_WRITE_CORPUS") == "1")
        {
            File.WriteAllText(CorpusPath(), written);
        }

        var held = File.ReadAllLines(CorpusPath());
        held.Length.ShouldBeGreaterThan(2_000);
        written
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Except(held)
            .ShouldBeEmpty("these forms differ from the corpus: raise the parser version");
    }

    private static string Write()
    {
        var lines = new StringBuilder();
        lines.Append(
            CultureInfo.InvariantCulture,
            $"# parser {IdentifierReader.ParserVersion}: kind, country, text, canonical form or fault\n"
        );
        foreach (var email in Emails)
        {
            Add(lines, "email", "", email, EmailReader.Read(email));
        }

        var library = PhoneNumberUtil.GetInstance();
        var examples =
            from region in library.GetSupportedRegions().Order(StringComparer.Ordinal)
            from type in new[] { PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.TOLL_FREE, PhoneNumberType.VOIP }
            let number = library.GetExampleNumberForType(region, type)
            where number is not null
            from format in new[] { PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL }
            from text in new[] { library.Format(number, format), Digits(library.Format(number, format)) }
            select (region, text);

        // The texts themselves come from the corpus, so that a new library receives the old inputs.
        var inputs =
            File.Exists(CorpusPath()) && Environment.GetEnvironmentVariable("AUDIENCESYNC_WRITE_CORPUS") != "1"
                ? File.ReadLines(CorpusPath())
                    .Select(line => line.Split('\t'))
                    .Where(cells => cells[0] == "phone")
                    .Select(cells => (cells[1], cells[2]))
                : Phones.Concat(examples).Distinct();
        foreach (var (country, text) in inputs)
        {
            Add(lines, "phone", country, text, PhoneReader.Read(text, country));
        }

        return lines.ToString();
    }

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    private static void Add(StringBuilder lines, string kind, string country, string text, FieldReading read) =>
        lines.Append(CultureInfo.InvariantCulture, $"{kind}\t{country}\t{text}\t{read.Text ?? read.Fault.Code()}\n");

    private static string CorpusPath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "identifier-corpus.tsv");
}
