using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Host.Tests.People;

/// <summary>A suppression list of which it is known what each cell is.</summary>
/// <param name="Text">The list.</param>
/// <param name="Query">The parameters that it needs.</param>
internal sealed record GeneratedList(string Text, string Query)
{
    public const string ErasedId = "an erased id";
    public const string ErasedEmail = "erased@example.com";
    public const string ErasedPhone = "+12025550100";

    private static readonly (string Name, char Delimiter)[] Delimiters = [("comma", ','), ("semicolon", ';'), ("tab", '\t'), ("pipe", '|')];

    private static readonly string[] Columns = ["customer_id", "email", "phone", "email_sha256", "phone_sha256_e164", "country"];

    private static readonly (string Column, string Text, string Code)[] Junk =
    [
        ("customer_id", "undefined", "placeholder"),
        ("customer_id", " N/A ", "placeholder"),
        ("customer_id", "{{customer.id}}", "placeholder"),
        ("customer_id", "1.23E+15", "spreadsheet_value"),
        ("customer_id", "#REF!", "spreadsheet_value"),
        ("customer_id", new string('x', 201), "too_long"),
        ("customer_id", "a\u0007b", "invalid_text"),
        ("customer_id", ErasedId, "person_erased"),
        ("email", "null", "placeholder"),
        ("email", "x@example", "no_dotted_domain"),
        ("email", "x y@example.com", "white_space"),
        ("email", "a@example.com,b@example.com", "several_addresses"),
        ("email", "a@example.com b@example.com", "several_addresses"),
        ("email", "nobody at all.example.com", "white_space"),
        ("email", "nobody.example.com", "not_an_address"),
        ("email", "x@-example.com", "invalid_domain"),
        ("email", " Erased@Example.com. ", "person_erased"),
        ("phone", "4.479E+11", "scientific_notation"),
        ("phone", "N/A", "placeholder"),
        ("phone", "+683 40012", "impossible_number"),
        ("phone", "+999 1234567", "unknown_calling_code"),
        ("phone", "12025550101/12025550102", "several_numbers"),
        ("phone", "no number", "not_a_number"),
        ("phone", "(202) 555-0100", "person_erased"),
        ("email_sha256", "ann@example.com", "not_a_digest"),
        ("phone_sha256_e164", "+12025550101", "not_a_digest"),
    ];

    public bool Lift { get; private init; }

    /// <summary>Cells whose event is in the log, those of one person each counted.</summary>
    public int Accepted { get; private set; }

    /// <summary>Distinct people among them.</summary>
    public int People { get; private set; }

    public List<(int Line, string? Column, string Code)> Refused { get; } = [];

    public static GeneratedList Create(Random random, int round, int lines)
    {
        var (name, delimiter) = Delimiters[random.Next(Delimiters.Length)];
        var lift = random.Next(2) == 0;
        var query = $"?lift={(lift ? "true" : "false")}&delimiter={name}";
        var list = new GeneratedList("", query) { Lift = lift };
        var text = new StringBuilder().AppendJoin(delimiter, Columns).Append(delimiter).Append("note\n");
        var earlier = new List<(string Column, string Text)>();
        for (var line = 2; line < lines + 2; line++)
        {
            var cells = new Dictionary<string, string>(StringComparer.Ordinal) { ["country"] = "US" };
            for (var count = random.Next(3); count > 0; count--)
            {
                list.Add(cells, earlier, random, (round * 10_000) + (line * 3) + count);
            }

            list.Classify(cells, earlier, line);
            text.AppendJoin(delimiter, Columns.Select(column => Quoted(cells.GetValueOrDefault(column, "")))).Append(delimiter);
            text.Append(random.Next(2) == 0 ? "\u00A0\n" : "a note\n");
        }

        return list with
        {
            Text = text.ToString(),
        };
    }

    // At most one cell of a column.
    private void Add(Dictionary<string, string> cells, List<(string Column, string Text)> earlier, Random random, int unique)
    {
        var (column, text) = random.Next(4) switch
        {
            0 => Junk[random.Next(Junk.Length)] is var junk ? (junk.Column, junk.Text) : default,
            1 when earlier.Count > 0 => Respelled(earlier[random.Next(earlier.Count)]),
            _ => Good(random.Next(5), unique),
        };
        cells.TryAdd(column, text);
    }

    private void Classify(Dictionary<string, string> cells, List<(string Column, string Text)> earlier, int line)
    {
        foreach (var column in Columns.Where(column => column != "country" && cells.ContainsKey(column)))
        {
            var text = cells[column];
            if (Array.Find(Junk, junk => junk.Column == column && junk.Text == text).Code is { } code)
            {
                Refused.Add((line, column, code));
                continue;
            }

            Accepted++;
            if (!earlier.Exists(seen => seen.Column == column && Plain(seen) == Plain((column, text))))
            {
                People++;
                earlier.Add((column, text));
            }
        }

        if (cells.Count == 1)
        {
            Refused.Add((line, null, "no_identifier"));
        }
    }

    private static (string Column, string Text) Good(int kind, int unique) =>
        kind switch
        {
            0 => ("customer_id", $"auth0|{unique},a;b"),
            1 => ("email", $"u{unique}@example.com"),
            2 => ("phone", Number(unique)),
            3 => ("email_sha256", Hash($"h{unique}@example.com")),
            _ => ("phone_sha256_e164", Hash($"+1{unique}")),
        };

    private static (string Column, string Text) Respelled((string Column, string Text) cell) =>
        cell.Column switch
        {
            "email" => ("email", $" <{cell.Text.ToUpperInvariant()}>, "),
            "phone" => ("phone", $"+1 {cell.Text} ext. 7"),
            "email_sha256" => ("email_sha256", cell.Text.ToUpperInvariant()),
            _ => cell,
        };

    private static string Plain((string Column, string Text) cell) =>
        cell.Column == "customer_id" ? cell.Text
        : cell.Column == "phone" ? cell.Text.Replace("+1 ", "", StringComparison.Ordinal).Replace(" ext. 7", "", StringComparison.Ordinal)
        : cell.Text.Trim(' ', ',', '<', '>').ToLowerInvariant();

    private static string Number(int unique) =>
        string.Create(CultureInfo.InvariantCulture, $"(303) {200 + (unique / 10_000)}-{unique % 10_000:0000}");

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
