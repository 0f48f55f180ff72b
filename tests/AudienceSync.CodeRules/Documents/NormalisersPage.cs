using System.Text;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalising;

namespace AudienceSync.CodeRules.Documents;

/// <summary>docs/normalisers.md as the rules themselves write it.</summary>
internal static class NormalisersPage
{
    private const string Intro =
        """
        # Normalisers

        Written by the code: do not edit. `AUDIENCESYNC_WRITE_DOCS=1 dotnet test tests/AudienceSync.CodeRules --filter NormalisersPage` writes it anew.

        A platform matches a person by the SHA-256 of his data in a normal form, and each platform has a form of its own. A table below is one
        version of one platform's rules. A version never changes: a member is removed by the version under which he was added, so a better
        rule is a new table. All text is composed (Unicode NFC) before it is hashed. `·` stands for a space at an edge. What cannot be normalised is an empty
        cell with a reason, never the digest of the empty text.

        A state or postal code is read by the country the person lives in (`country`), a phone without `+` or `00` by the source's `default_country`.
        Both forms of a phone lose the trunk zero.

        ## Input that is hashed already

        A source says so in `audiencesync.yaml` (`hashed: { email: sha256, phone: sha256_digits }`). Its digests are checked (64 hex digits, not that of
        the empty text) and passed on in lower case. A digest that was not declared, or plain text where a digest was, is an empty cell.
        """;

    public static string Write()
    {
        var page = new StringBuilder(Intro);
        page.Append("\n\n## Reasons of an empty cell\n\n");
        page.AppendJoin(", ", Enum.GetValues<CellReason>().Where(reason => reason != CellReason.None).Select(reason => $"`{reason.Code()}`"));
        page.Append(".\n");
        foreach (var normaliser in Normalisers.BuiltIn.All)
        {
            page.Append($"\n## {normaliser.Family} {normaliser.Version.Value}: {normaliser.Name}{Current(normaliser)}\n\n");
            page.Append("| kind | sent | rule | takes hashed | example | normal form |\n|---|---|---|---|---|---|\n");
            page.AppendJoin("", normaliser.Rules.Select(rule => Row(normaliser, rule)));
        }

        return page.ToString();
    }

    private static string Current(Normaliser normaliser) => Normalisers.BuiltIn.Current(normaliser.Family) == normaliser ? " (current)" : "";

    private static string Row(Normaliser normaliser, NormaliserRule rule)
    {
        Span<char> into = stackalloc char[Normaliser.MaxChars];
        var normal = new string(into[..rule.Write(rule.Example, rule.ExampleCountry, into).Length]);
        var example = rule.ExampleCountry.Length == 0 ? "" : $" ({rule.ExampleCountry})";
        return $"| {Words(rule.Field)} | {(rule.Form == CellForm.Hashed ? "SHA-256" : "as it is")} | {rule.Words} | {Forms(rule.TakesHashed)} "
            + $"| `{Visible(rule.Example)}`{example} | `{normal}` |\n";
    }

    /// <summary>Markdown drops spaces at the edges of code.</summary>
    private static string Visible(string example)
    {
        var start = example.Length - example.TrimStart().Length;
        var end = example.Length - example.TrimEnd().Length;
        return new string('·', start) + example.Trim() + new string('·', end);
    }

    private static string Forms(HashedFields forms) => string.Join(", ", Enum.GetValues<HashedFields>()
        .Where(form => form != HashedFields.None && forms.HasFlag(form)).Select(form => form switch
        {
            HashedFields.EmailSha256 => "`sha256`",
            HashedFields.PhoneSha256Digits => "`sha256_digits`",
            _ => "`sha256_e164`",
        }));

    private static string Words(PersonField field)
        => string.Concat(field.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? " " + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
}
