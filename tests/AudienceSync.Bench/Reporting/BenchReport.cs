using System.Text.Json;
using Spectre.Console;

namespace AudienceSync.Bench.Reporting;

/// <summary>The output of a bench: tables for people, then one JSON object as the last line.</summary>
/// <param name="Notes">Rows of title and text that are only for people.</param>
internal sealed record BenchReport(string Bench, IReadOnlyList<Figure> Figures, IReadOnlyList<(string What, string Text)> Notes)
{
    // A pipe has no width and would get the default of 80 columns, which wraps our names.
    private const int NarrowestWidth = 110;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Prints the report. Returns 0 when all goals are met, 1 when at least one is missed.</summary>
    public int Print()
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, NarrowestWidth);
        var table = new Table().Title(Bench).AddColumns("figure", "value", "unit", "goal", "limit", "ratio", "");
        foreach (Figure f in Figures)
        {
            string goal = f.Goal is { } value ? $"{(f.IsCeiling ? "<=" : ">=")} {Number(value)}" : "";
            string result = f.Met switch
            {
                true => "[green]met[/]",
                false => "[red]MISSED[/]",
                null => "",
            };
            table.AddRow(
                f.Name,
                f.Value is null ? "not measured" : Number(f.Value),
                f.Unit,
                goal,
                Number(f.Limit),
                Number(f.Ratio),
                result
            );
        }

        AnsiConsole.Write(table);
        var notes = new Table().HideHeaders().AddColumns("what", "how much");
        foreach ((string what, string text) in Notes)
        {
            notes.AddRow(Markup.Escape(what), Markup.Escape(text));
        }

        AnsiConsole.Write(notes);
        Console.Out.WriteLine(ToJson());
        return Figures.Any(f => f.Met == false) ? 1 : 0;
    }

    public string ToJson() => JsonSerializer.Serialize(new { Bench, Figures }, Json);

    private static string Number(double? value) =>
        value switch
        {
            null => "",
            >= 1000 => $"{value:N0}",
            _ => $"{value:0.###}",
        };
}
