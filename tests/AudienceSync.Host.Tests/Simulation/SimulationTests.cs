using System.Collections.Concurrent;
using System.Globalization;
using AudienceSync.Host.Tests.Workspaces;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>
/// Whatever happens in an hour, after the faults stop every list equals the desired set; no call exceeded a window; no removal waited
/// behind adds. <c>AUDIENCESYNC_SEEDS</c> (<c>./test --seeds 500</c>) sets the number of seeds, <c>AUDIENCESYNC_SEED</c> (<c>./test --seed
/// 7</c>) selects a single one, whose trace is then printed.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const string OneSeed = "AUDIENCESYNC_SEED";
    private const int Seeds = 40;
    private const int MostFailuresShown = 20;

    [Fact]
    public async Task After_the_faults_stop_every_list_equals_the_desired_set_and_no_removal_waited_behind_adds()
    {
        var seeds = Chosen();
        var left = new ConcurrentQueue<int>(seeds);
        var sent = new ConcurrentBag<SeedReport>();
        await Task.WhenAll(
            Enumerable.Range(0, Math.Min(seeds.Count, Environment.ProcessorCount)).Select(_ => Task.Run(() => WorkAsync(left, sent)))
        );

        var reports = sent.OrderBy(report => report.Seed).ToList();
        foreach (var line in Number(OneSeed) is null ? [] : reports.SelectMany(report => report.Trace))
        {
            output.WriteLine(line);
        }

        var failures = reports.Where(report => report.Failure is not null).ToList();
        output.WriteLine($"{reports.Count} seeds, {failures.Count} fail: {string.Join(' ', failures.Select(report => report.Seed))}");
        output.WriteLine(
            $"{reports.Sum(r => r.Adds)} calls with adds, {reports.Sum(r => r.Removals)} with removals, "
                + $"{reports.Sum(r => r.Deaths)} hosts died"
        );
        failures.Count.ShouldBe(
            0,
            $"{failures.Count} of {reports.Count} seeds "
                + $"fail:\n{string.Join("\n\n", failures.Take(MostFailuresShown).Select(report => report.Failure))}"
        );
        reports.Count.ShouldBe(seeds.Count);
        reports.Sum(report => report.Removals).ShouldBeGreaterThan(0);
        reports.Sum(report => report.Deaths + (Number(OneSeed) is null ? 0 : 1)).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_seed_has_the_same_trace_each_time()
    {
        const int seed = 18;
        var stories = await Task.WhenAll(
            Enumerable
                .Range(0, 2)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        await using var workspace = await TestWorkspace.CreateAsync(null, null);
                        return (await PlayAsync(workspace, seed)).Trace;
                    })
                )
        );

        stories[0].Count.ShouldBeGreaterThan(100);
        stories[0].ShouldBe(stories[1]);
    }

    // One flow of control and one database for each worker; each seed starts from the initial state.
    private static async Task WorkAsync(ConcurrentQueue<int> left, ConcurrentBag<SeedReport> sent)
    {
        await using var workspace = await TestWorkspace.CreateAsync(null, null);
        while (left.TryDequeue(out var seed))
        {
            sent.Add(await PlayAsync(workspace, seed));
        }
    }

    private static async Task<SeedReport> PlayAsync(TestWorkspace workspace, int seed)
    {
        string? failed = null;
        await using var run = await SimulationRun.OpenAsync(seed, workspace);
        try
        {
            await run.PlayAsync();
            await run.ShouldHaveConvergedAsync();
        }
        catch (Exception failure)
        {
            var place = failure is Xunit.Sdk.IAssertionException or ShouldAssertException ? null : failure.StackTrace;
            failed = $"Seed {seed} fails: {failure.Message}\nTo repeat: ./test --seed {seed}\n{place}";
        }

        return new SeedReport(seed, failed, run.Trace, run.Adds, run.Removals, run.Deaths);
    }

    private static List<int> Chosen() =>
        Number(OneSeed) is { } one ? [one] : [.. Enumerable.Range(0, Number("AUDIENCESYNC_SEEDS") ?? Seeds)];

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private sealed record SeedReport(int Seed, string? Failure, List<string> Trace, int Adds, int Removals, int Deaths);
}
