using System.CommandLine;

namespace AudienceSync.Host.Sync.Verbs;

/// <summary><c>sync</c>: shows the state of accounts and what is held, pauses, resumes, approves and resyncs.</summary>
internal static class SyncCommands
{
    public static Command Create(Func<string, string?> environment)
    {
        var holds = new HoldCommands(environment);
        return new Command("sync", "Manage what is sent to the platforms.")
        {
            SyncStatusCommand.Create(environment),
            holds.Plan(),
            holds.Pause(),
            holds.Resume(),
            holds.Approve(),
            ResyncCommand.Create(environment),
            ResendCommand.Create(environment),
        };
    }
}
