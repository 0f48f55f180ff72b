using System.CommandLine;
using AudienceSync.Bench.Reporting;

namespace AudienceSync.Bench.Query;

/// <summary><c>./bench query</c>: how long queries about a large audience take over HTTP.</summary>
internal static class QueryCommand
{
    private static readonly Option<int> Members = NumberOption.Of(
        "--members",
        "People who were ever in the audience",
        1_000_000,
        5_000_000
    );
    private static readonly Option<int> Questions = NumberOption.Of("--questions", "Queries of each kind", 100, 10_000);
    private static readonly Option<int> Seed = NumberOption.Of("--seed", "Seed of the random queries", 20_261, int.MaxValue);

    public static Command Build()
    {
        var command = new Command("query", "First pages of lists, now and as of a moment, and explanations, of an audience of a million")
        {
            Members,
            Questions,
            Seed,
        };
        command.SetAction(
            (parsed, cancel) =>
                BenchRun.RunAsync(
                    async () =>
                    {
                        using var bench = new QueryBench(
                            new QueryLoad(parsed.GetValue(Members), parsed.GetValue(Questions), parsed.GetValue(Seed)),
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
internal sealed record QueryLoad(int Members, int Questions, int Seed);
