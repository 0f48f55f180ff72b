using System.CommandLine;
using AudienceSync.Bench.Decide;
using AudienceSync.Bench.Import;
using AudienceSync.Bench.Ingest;
using AudienceSync.Bench.Load;
using AudienceSync.Bench.Normalize;
using AudienceSync.Bench.Project;
using AudienceSync.Bench.Query;
using AudienceSync.Bench.Rebuild;
using AudienceSync.Bench.SignatureOnly;
using AudienceSync.Bench.Stock;
using AudienceSync.Bench.Sync;

namespace AudienceSync.Bench;

/// <summary>The list of benches: a new one is a folder with its command, and an entry here.</summary>
internal static class Benches
{
    /// <summary>After Ctrl-C the children get this long to stop (the Host stops its PostgreSQL first).</summary>
    public static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(60);

    private static readonly Func<Command>[] All =
    [
        DecideCommand.Build,
        ImportCommand.Build,
        IngestCommand.Build,
        NormalizeCommand.Build,
        ProjectCommand.Build,
        QueryCommand.Build,
        RebuildCommand.Build,
        SyncCommand.Build,
    ];

    public static RootCommand Root()
    {
        var list = new Option<bool>("--list") { Description = "List the benches, one per line" };
        var root = new RootCommand("Measures AudienceSync against the limits of the same machine, in the same run") { list };
        Command[] benches = [.. All.Select(build => build())];
        Array.ForEach(benches, root.Subcommands.Add);
        root.Subcommands.Add(LoadCommand.Build());
        root.Subcommands.Add(SignatureServer.Build());
        root.Subcommands.Add(StockServer.Build());
        root.SetAction(parsed =>
        {
            foreach (Command bench in benches)
            {
                Console.Out.WriteLine(parsed.GetValue(list) ? bench.Name : $"{bench.Name, -10} {bench.Description}");
            }
        });
        return root;
    }
}
