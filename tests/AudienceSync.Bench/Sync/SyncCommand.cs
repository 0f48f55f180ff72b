using System.CommandLine;

namespace AudienceSync.Bench.Sync;

/// <summary><c>./bench sync</c>: members waiting for three platforms, and how long a removal takes under load.</summary>
internal static class SyncCommand
{
    private static readonly Option<int> Members = NumberOption.Of(
        "--members",
        "Members that wait for each platform",
        1_000_000,
        10_000_000
    );
    private static readonly Option<int> Seconds = NumberOption.Of("--seconds", "How long removals are measured", 20, 3600);
    private static readonly Option<int> Rate = NumberOption.Of(
        "--rate",
        "Webhooks per second meanwhile, half of them removals",
        1000,
        10_000
    );
    private static readonly Option<int> AnswerMs = NumberOption.Of(
        "--answer-ms",
        "How long the platforms take to respond meanwhile",
        300,
        60_000
    );

    public static Command Build()
    {
        var command = new Command("sync", "Members per second to three platforms, calls, removal latency, memory")
        {
            Members,
            Seconds,
            Rate,
            AnswerMs,
        };
        command.SetAction(
            (parsed, cancel) =>
                BenchRun.RunAsync(
                    async () =>
                    {
                        var options = new SyncOptions(
                            parsed.GetValue(Members),
                            parsed.GetValue(Seconds),
                            parsed.GetValue(Rate),
                            parsed.GetValue(AnswerMs)
                        );
                        using var bench = new SyncBench(options, TimeProvider.System);
                        return SyncReport.Of(await bench.RunAsync(cancel)).Print();
                    },
                    cancel
                )
        );
        return command;
    }
}

internal sealed record SyncOptions(int Members, int Seconds, int Rate, int AnswerMs)
{
    /// <summary>Members that webhooks can find, because they will be removed.</summary>
    public int Findable => Math.Min(Members, Seconds * Rate / 2);
}
