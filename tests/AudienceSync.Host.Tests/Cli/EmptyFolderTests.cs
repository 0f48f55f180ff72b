using AudienceSync.Host.Cli;
using AudienceSync.Host.Tests.Postgres;

namespace AudienceSync.Host.Tests.Cli;

/// <summary>Verbs in a folder where nothing was started: only <c>serve</c> and <c>./run</c> create a database.</summary>
public sealed class EmptyFolderTests
{
    [Theory]
    [InlineData("projections", "status")]
    [InlineData("keys", "status")]
    [InlineData("sync", "status")]
    [InlineData("audiences", "list")]
    [InlineData("destinations", "list")]
    public async Task A_verb_creates_nothing_and_explains_what_to_do(params string[] verb)
    {
        using var folder = new TemporaryFolder();
        var run = await CommandRun.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["AUDIENCESYNC_DATA"] = folder.Path,
                ["AUDIENCESYNC_CONFIG"] = Path.Combine(folder.Path, "audiencesync.yaml"),
            },
            verb
        );
        run.ExitCode.ShouldBe(ExitCodes.SetUp);
        run.Error.ShouldMatch("^audiencesync: (data_folder_empty|config_missing): ");
        Directory.EnumerateFileSystemEntries(folder.Path).ShouldBeEmpty();
    }
}
