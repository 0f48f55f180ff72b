using System.CommandLine;
using AudienceSync.Bench.Reporting;

namespace AudienceSync.Bench.Decide;

/// <summary><c>./bench decide</c>: how long decisions take while webhooks come in.</summary>
internal static class DecideCommand
{
    private static readonly Option<int> Seconds = NumberOption.Of("--seconds", "Length of the measured window", 60, 3_600);
    private static readonly Option<int> LoadSeconds = NumberOption.Of("--load-seconds", "How long members are loaded before", 30, 3_600);
    private static readonly Option<int> Rate = NumberOption.Of("--rate", "Decisions per second, in an open loop", 1_000, 20_000);
    private static readonly Option<int> IngestRate = NumberOption.Of("--ingest-rate", "Webhooks per second beside them", 1_000, 20_000);
    private static readonly Option<int> Seed = NumberOption.Of("--seed", "Seed of the random people and events", 20_261, int.MaxValue);

    public static Command Build()
    {
        var command = new Command(
            "decide",
            "Decisions in an open loop while webhooks come in: latency, errors, beside select 1 through HTTP"
        )
        {
            Seconds,
            LoadSeconds,
            Rate,
            IngestRate,
            Seed,
        };
        command.SetAction(
            (parsed, cancel) =>
                BenchRun.RunAsync(
                    async () =>
                    {
                        using var bench = new DecideBench(
                            new DecideOptions(
                                parsed.GetValue(Seconds),
                                parsed.GetValue(LoadSeconds),
                                parsed.GetValue(Rate),
                                parsed.GetValue(IngestRate),
                                parsed.GetValue(Seed)
                            ),
                            TimeProvider.System
                        );
                        BenchReport report = await bench.RunAsync(cancel);
                        return report.Print();
                    },
                    cancel
                )
        );
        return command;
    }
}

/// <summary>The load of the bench.</summary>
internal sealed record DecideOptions(int Seconds, int LoadSeconds, int Rate, int IngestRate, int Seed);
