using AudienceSync.Host.Exposures.Export;
using AudienceSync.Host.Tests.Ingest;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Exposures;

/// <summary>Exports as processes that are killed by SIGKILL, with parts of the size that they have outside of tests.</summary>
public sealed class ExportProcessKillTests(ITestOutputHelper output)
{
    // Longer than a part takes, so that kills come between parts as well as within them.
    private const int MostLater_ms = 1_200;

    [Fact]
    public Task Three_kills_of_the_process_leave_the_bytes_of_an_uninterrupted_export() => KillAsync(kills: 3);

    [ProveFact]
    [Trait("Category", "Prove")]
    [Trait("Prove", "kills")]
    public Task Twenty_kills_of_the_process_leave_the_bytes_of_an_uninterrupted_export() => KillAsync(kills: 20);

    private async Task KillAsync(int kills)
    {
        var random = Seeded.Random(output);
        await using var stage = await ExportStage.CreateAsync();
        await stage.AddDayOfPartsAsync();
        foreach (var format in ExportFormat.All)
        {
            var (whole, killed) = ("whole-" + format.Name, "killed-" + format.Name);
            await EndAsync(stage, whole, format);
            var expected = stage.Files(whole, "exposures");
            expected.Count.ShouldBe(5 + 3, "parts and manifests of three days, of which the last has three parts");
            for (var kill = 0; kill < kills; )
            {
                if (await KillOnceAsync(stage, killed, format, TimeSpan.FromMilliseconds(random.Next(1, MostLater_ms))))
                {
                    kill++;
                    output.WriteLine($"{format.Name}, kill {kill}: {string.Join(", ", Names(stage, killed))}");
                    continue;
                }

                // It was done before it was to be killed: from the beginning.
                stage.Files(killed, "exposures").ShouldBe(expected);
                Directory.Delete(stage.PathOf(killed), recursive: true);
            }

            await EndAsync(stage, killed, format);
            stage.Files(killed, "exposures").ShouldBe(expected);
        }
    }

    // Kills it some time after it has begun to write.
    private static async Task<bool> KillOnceAsync(ExportStage stage, string folder, ExportFormat format, TimeSpan later)
    {
        using var export = ExportProcess.Start(stage.Workspace.ConnectionString, stage.PathOf(folder), format);
        await Deadline.UntilAsync(
            () => export.HasEnded || Names(stage, folder).Exists(name => name.EndsWith(".tmp", StringComparison.Ordinal)),
            () => $"a file that is being written\n{export.Log}"
        );
        await RealTime.PassAsync(later);
        return await export.KillAsync();
    }

    private static async Task EndAsync(ExportStage stage, string folder, ExportFormat format)
    {
        using var export = ExportProcess.Start(stage.Workspace.ConnectionString, stage.PathOf(folder), format);
        await export.EndAsync();
    }

    private static List<string> Names(ExportStage stage, string folder) =>
        Directory.Exists(stage.PathOf(folder))
            ? [.. Directory.EnumerateFiles(stage.PathOf(folder), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))]
            : [];
}
