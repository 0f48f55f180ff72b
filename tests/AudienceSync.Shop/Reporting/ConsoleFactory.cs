using Spectre.Console;

namespace AudienceSync.Shop.Reporting;

/// <summary>
/// Creates the console: colored and interactive at a terminal; plain text without breaks in the middle of a line in a pipe or a file.
/// </summary>
internal static class ConsoleFactory
{
    private const int PipeColumns = 1000;

    public static IAnsiConsole Make(bool isPiped)
    {
        if (!isPiped)
        {
            return AnsiConsole.Console;
        }

        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
            }
        );
        console.Profile.Width = PipeColumns;
        return console;
    }
}
