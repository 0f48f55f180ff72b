using System.Text;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.CodeRules.Documents;

/// <summary>docs/normalizers.md generated from the rules.</summary>
internal static class NormalizersPage
{
    private const string Intro = """
        # Normalizers

        Written by the code: do not edit. `AUDIENCESYNC_WRITE_DOCS=1 dotnet test tests/AudienceSync.CodeRules --filter NormalizersPage` writes it again.

        A platform matches a person by the SHA-256 of their data in a normal form, and each platform has a form of its own. A table below is one
        version of one platform's rules. A version never changes: a member is removed by the version under which they were added, so a better
        rule is a new table. All text is composed (Unicode NFC) before it is hashed. `·` stands for a space at an edge. What cannot be normalized is an empty
        cell with a reason, never the digest of the empty text.

        ## What is read before

        Webhooks, lookups, consent, suppressions, erasure, export and lists are read by one reader, once. The vault keeps the text, the canonical
        form and the reader's version; the rules below are given the canonical form.

        **Placeholders** are absent, in any field, whatever their case, padding, quotes and brackets: `null`, `undefined`, `None`, `N/A`, `unknown`,
        `not set` and their kind, zeros, punctuation alone, unrendered templates (`{{email}}`, `*|EMAIL|*`, `%%email%%`, `${email}`, `{email}`, `[email]`),
        and SHA-256 digests of such words and of the empty text. Among identifiers also `NaN`, `nil`, `NA`, `guest` and `anonymous`, which are names or
        places elsewhere. `test` is not one. A source names more in `placeholder_ids`.

        **Phones** are read by libphonenumber into E.164: by the person's `country` (a code or a name), else the source's `default_country`, else the
        query's `default_country`. A number that is possible is taken, assigned or not; one that can only be dialed locally is not. Extensions,
        labels, and the `.0` of a spreadsheet are dropped. Bare digits that are no national number are read with a plus. Two numbers in one field,
        and scientific notation, are not read.

        **Emails** lose what cannot be part of them: `mailto:`, brackets, quotes, a name before and a comment behind, punctuation at the ends, HTML and
        URL escapes. Then they are lower case and composed, with the domain as A-labels (`xn--...`), because browsers submit, mail servers pass on and
        account lists hold that form. White space inside, two addresses in one field, and a domain without a dot or that cannot exist are not read.

        The codes of what is not read: PLACEHOLDER_FAULTS.

        A state or postal code is read by the country the person lives in (`country`).

        ## Input that is hashed already

        A source declares this in `audiencesync.yaml` (`hashed: { email: sha256, phone: sha256_digits }`). Its digests are checked (64 hex digits, not that of
        the empty text) and passed on in lower case. A digest that was not declared, or plain text where a digest was, is an empty cell.
        """;

    public static string Write()
    {
        var faults = Enum.GetValues<IdentifierFault>().Where(fault => fault != IdentifierFault.None).Select(fault => $"`{fault.Code()}`");
        var page = new StringBuilder(Intro).Replace("PLACEHOLDER_FAULTS", string.Join(", ", faults));
        page.Append("\n\n## Reasons of an empty cell\n\n");
        page.AppendJoin(
            ", ",
            Enum.GetValues<CellReason>().Where(reason => reason != CellReason.None).Select(reason => $"`{reason.Code()}`")
        );
        page.Append(".\n");
        foreach (var normalizer in Normalizers.BuiltIn.All)
        {
            page.Append($"\n## {normalizer.Family} {normalizer.Version.Value}: {normalizer.Name}{Current(normalizer)}\n\n");
            page.Append("| kind | sent | rule | takes hashed | example | normal form |\n|---|---|---|---|---|---|\n");
            page.AppendJoin("", normalizer.Rules.Select(rule => Row(normalizer, rule)));
        }

        return page.ToString();
    }

    private static string Current(Normalizer normalizer) =>
        Normalizers.BuiltIn.Current(normalizer.Family) == normalizer ? " (current)" : "";

    private static string Row(Normalizer normalizer, NormalizerRule rule)
    {
        Span<char> into = stackalloc char[Normalizer.MaxChars];
        var normal = new string(into[..rule.Write(Canonical(rule), rule.ExampleCountry, into).Length]);
        var example = rule.ExampleCountry.Length == 0 ? "" : $" ({rule.ExampleCountry})";
        return $"| {Description(rule.Field)} | {(rule.Form == CellForm.Hashed ? "SHA-256" : "as it is")} | "
            + $"{rule.Description} | {Forms(rule.TakesHashed)} "
            + $"| `{Visible(rule.Example)}`{example} | `{normal}` |\n";
    }

    /// <summary>The example as the person reader returns it: the rules of an email and a phone receive nothing else.</summary>
    private static string Canonical(NormalizerRule rule) =>
        rule.Field switch
        {
            PersonField.Email => EmailReader.Read(rule.Example).Text!,
            PersonField.Phone => PhoneReader.Read(rule.Example, rule.ExampleCountry).Text!,
            _ => rule.Example,
        };

    /// <summary>Markdown drops spaces at the edges of code.</summary>
    private static string Visible(string example)
    {
        var start = example.Length - example.TrimStart().Length;
        var end = example.Length - example.TrimEnd().Length;
        return new string('·', start) + example.Trim() + new string('·', end);
    }

    private static string Forms(HashedFields forms) =>
        string.Join(
            ", ",
            Enum.GetValues<HashedFields>()
                .Where(form => form != HashedFields.None && forms.HasFlag(form))
                .Select(form =>
                    form switch
                    {
                        HashedFields.EmailSha256 => "`sha256`",
                        HashedFields.PhoneSha256Digits => "`sha256_digits`",
                        _ => "`sha256_e164`",
                    }
                )
        );

    private static string Description(PersonField field) =>
        string.Concat(
            field
                .ToString()
                .Select((c, i) => i > 0 && char.IsUpper(c) ? " " + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString())
        );
}
