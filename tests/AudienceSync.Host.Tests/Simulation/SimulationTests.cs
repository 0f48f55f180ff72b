using System.Globalization;
using AudienceSync.Host.Tests.Storage;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>
/// Whatever happens in an hour, after the faults stop every list equals the desired set; no call exceeded a window; no removal waited behind adds.
/// <c>AUDIENCESYNC_SEEDS</c> says how many seeds, <c>AUDIENCESYNC_SEED</c> which one alone.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const string OneSeed = "AUDIENCESYNC_SEED";
    private const int Seeds = 60;

    [Fact]
    public async Task After_the_faults_stop_every_list_equals_the_desired_set_and_no_removal_waited_behind_adds()
    {
        await using var workspace = await TestWorkspace.CreateAsync(null, null);
        var failures = new List<string>();
        var (adds, removals, deaths) = (0, 0, 0);
        foreach (var seed in Chosen())
        {
            await using var run = await SimulationRun.OpenAsync(seed, workspace);
            try
            {
                await run.PlayAsync();
                await run.ShouldBeRightAsync();
            }
            catch (Exception failure)
            {
                failures.Add($"Seed {seed} fails: {failure.Message}\nAgain: AUDIENCESYNC_SEED={seed} dotnet test tests/AudienceSync.Host.Tests -c Release --filter SimulationTests\n{(failure is Xunit.Sdk.IAssertionException or ShouldAssertException ? null : failure.StackTrace)}");
            }

            if (Number(OneSeed) is not null)
            {
                run.Story.ForEach(output.WriteLine);
            }

            (adds, removals, deaths) = (adds + run.Adds, removals + run.Removals, deaths + run.Deaths);
        }

        output.WriteLine($"{adds} calls with adds, {removals} with removals, {deaths} hosts died");
        failures.ShouldBeEmpty($"{failures.Count} seeds fail:\n{string.Join("\n\n", failures)}");
        removals.ShouldBeGreaterThan(0);
        deaths.ShouldBeGreaterThan(0);
    }

    private static IEnumerable<int> Chosen() => Number(OneSeed) is { } one ? [one] : Enumerable.Range(0, Number("AUDIENCESYNC_SEEDS") ?? Seeds);

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
