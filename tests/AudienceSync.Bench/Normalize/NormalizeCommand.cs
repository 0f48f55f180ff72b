using System.CommandLine;
using System.Globalization;
using AudienceSync.Bench.Reporting;

namespace AudienceSync.Bench.Normalize;

/// <summary><c>./bench normalize</c>: people normalized and hashed for all platforms on one core.</summary>
internal static class NormalizeCommand
{
    private const double PeopleGoal = 100_000;
    private const double RatioGoal = 0.4;

    private static readonly Option<int> Seconds = NumberOption.Of("--seconds", "How long to measure", 10, 3600);
    private static readonly Option<int> People = NumberOption.Of("--people", "People per round", 20_000, 1_000_000);
    private static readonly Option<int> Seed = NumberOption.Of("--seed", "Seed of the people", 20_261, int.MaxValue);

    public static Command Build()
    {
        var command = new Command("normalize", "People per second normalized and hashed for all platforms, on one core")
        {
            Seconds,
            People,
            Seed,
        };
        command.SetAction(
            (parsed, cancel) =>
                BenchRun.RunAsync(
                    () => Task.Run(() => Run(parsed.GetValue(Seconds), parsed.GetValue(People), parsed.GetValue(Seed), cancel), cancel),
                    cancel
                )
        );
        return command;
    }

    private static int Run(int seconds, int people, int seed, CancellationToken cancel) =>
        Report(new NormalizeBench(people, seed).Run(TimeSpan.FromSeconds(seconds), cancel), seed).Print();

    private static BenchReport Report(NormalizeResult run, int seed) =>
        new(
            "normalize",
            [
                new("people_per_s", Math.Round(run.PeoplePerSecond), "1/s", PeopleGoal, Math.Round(run.HashesOnlyPerSecond)),
                new("hashes_only_people_per_s", Math.Round(run.HashesOnlyPerSecond), "1/s"),
                new("ratio_to_hashes_only", Math.Round(run.Ratio, 3), "", RatioGoal),
                new("people_read_per_s", Math.Round(run.ReadPerSecond), "1/s"),
            ],
            [
                ("seed", Text($"{seed}")),
                ("rounds, median taken", Text($"{run.Rounds}")),
                ("digests per person", Text($"{run.HashedCells:N2}")),
                ("bytes of cells per person", Text($"{run.BytesPerPerson:N0}")),
                ("bytes allocated per person", Text($"{run.AllocatedPerPerson:N0}")),
            ]
        );

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
