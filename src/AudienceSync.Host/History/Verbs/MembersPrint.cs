using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.History.Verbs;

/// <summary>Output of the <c>members</c> commands: a table, CSV, or the JSON that the same query returns over HTTP.</summary>
internal static class MembersPrint
{
    public static readonly string[] MemberHead = ["person", "status", "since", "until", "added_at", "removed_at", "restrictions"];

    public static readonly string[] ChangeHead = ["change", .. MemberHead];

    public static string[] Row(MemberView member) =>
        [
            member.Person.ToString(),
            CliText.Word(member.Status),
            CliText.Time(member.Since),
            CliText.Time(member.Until),
            CliText.Time(member.AddedAt),
            CliText.Time(member.RemovedAt),
            string.Join(' ', member.Restrictions.Concat(member.RestrictedAt)),
        ];

    public static string[] Row(MemberChange change) => [CliText.Word(change.Change), .. Row(change.Member)];

    public static void WritePage<T>(
        TextWriter output,
        (IReadOnlyList<T> Rows, object Page) page,
        (bool Csv, bool Json, bool Lines) form,
        string[] head,
        Func<T, string[]> row
    )
    {
        if (form.Csv)
        {
            // A destination's name may be any text.
            foreach (var one in page.Rows)
            {
                output.WriteLine(
                    string.Join(
                        ',',
                        row(one)
                            .Select(cell =>
                                cell.AsSpan().IndexOfAny(",\"\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
                            )
                    )
                );
            }
        }
        else if (!form.Json)
        {
            TextTable.Print(output, head, page.Rows.Select(row));
        }
        else if (form.Lines)
        {
            foreach (var one in page.Rows)
            {
                output.WriteLine(JsonSerializer.Serialize(one, CliText.Json));
            }
        }
        else
        {
            output.WriteLine(JsonSerializer.Serialize(page.Page, page.Page.GetType(), CliText.Json));
        }
    }

    public static int Write(TextWriter output, PersonHistory history, bool json)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(history, CliText.Json));
            return ExitCodes.Done;
        }

        output.WriteLine($"person {history.Person}");
        TextTable.Print(
            output,
            ["audience", "status", "since", "until", "event", "position", "recorded", "journey"],
            history.Spans.Select(span =>
                new[]
                {
                    span.AudienceKey,
                    CliText.Word(span.Status),
                    CliText.Time(span.Since),
                    CliText.Time(span.Until),
                    span.Event.Summary,
                    span.Event.Position.ToString(CultureInfo.InvariantCulture),
                    CliText.Time(span.Event.RecordedAt),
                    span.Event.Place ?? "",
                }
            )
        );
        return ExitCodes.Done;
    }
}
