using System.CommandLine;

namespace AudienceSync.Host.Cli;

/// <summary><c>sync</c>: what is held, hold it, let it go, say it anew.</summary>
internal static class SyncCommands
{
    public static Command Create(Func<string, string?> environment)
    {
        var holds = new HoldCommands(environment);
        return new Command("sync", "What is sent to the platforms.") { holds.Plan(), holds.Pause(), holds.Resume(), holds.Approve(), ResyncCommand.Create(environment) };
    }
}
