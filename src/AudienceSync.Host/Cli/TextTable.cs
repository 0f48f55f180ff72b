using Spectre.Console;

namespace AudienceSync.Host.Cli;

/// <summary>
/// A table for people. Without a terminal it is wide and plain, so that one line of a log or of grep output contains a whole row where
/// possible.
/// </summary>
internal static class TextTable
{
    private const int WidthWithoutTerminal = 200;

    public static void Print(TextWriter output, string[] head, IEnumerable<string[]> rows)
    {
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(output),
                Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
                Interactive = InteractionSupport.No,
            }
        );
        if (!isTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

        var table = new Table().Border(TableBorder.Simple);
        foreach (var name in head)
        {
            table.AddColumn(new TableColumn(name));
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(cell => new Text(Shown(cell)))]);
        }

        console.Write(table);
    }

    // A platform's name of a remote audience may be any text: it must not control the terminal.
    private static string Shown(string cell) => new([.. cell.Where(letter => letter == '\n' || !char.IsControl(letter))]);
}
