using System.Text.Json;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Privacy;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Cli;

public sealed class KeysCommandTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    public KeysCommandTests() => _environment["AUDIENCESYNC_MASTER_KEY_FILE"] = KeyPath;

    private string KeyPath => _folder.Below("master.key");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_file_is_created_for_its_owner_only_and_never_overwritten()
    {
        (await RunAsync("keys", "generate", "--out", KeyPath)).ShouldBe(new CommandRun(0, "", ""));
        var text = await File.ReadAllTextAsync(KeyPath);
        var again = await RunAsync("keys", "generate", "--out", KeyPath);

        File.GetUnixFileMode(KeyPath).ShouldBe(OwnerOnly);
        (again.ExitCode, again.Output).ShouldBe((2, ""));
        again.Error.ShouldStartWith("audiencesync: key_exists: ");
        (await File.ReadAllTextAsync(KeyPath)).ShouldBe(text);
        Load().Current.Version.ShouldBe((short)1);
    }

    [Fact]
    public async Task A_version_is_added_and_the_existing_ones_are_kept()
    {
        await RunAsync("keys", "generate", "--out", KeyPath);
        var first = Load().Current.CheckValue();
        File.CreateSymbolicLink(_folder.Below("link"), KeyPath);

        var added = await RunAsync("keys", "generate", "--append", KeyPath);
        await RunAsync("keys", "generate", "--append", _folder.Below("link"));

        (added.ExitCode, added.Error).ShouldBe((0, ""));
        added.Output.ShouldContain("version 2");
        var keys = Load();
        keys.All.Select(key => (int)key.Version).ShouldBe([1, 2, 3]);
        keys.ByVersion(1).CheckValue().ShouldBe(first);
        keys.All.Select(key => Convert.ToHexString(key.CheckValue())).ShouldBeUnique();
        File.GetUnixFileMode(KeyPath).ShouldBe(OwnerOnly);
        File.ResolveLinkTarget(_folder.Below("link"), returnFinalTarget: true)!.FullName.ShouldBe(KeyPath);
        Directory.GetFiles(_folder.Path).Select(Path.GetFileName).ShouldBe(["link", "master.key"], ignoreOrder: true);
        foreach (var line in await File.ReadAllLinesAsync(KeyPath))
        {
            added.Output.ShouldNotContain(line.Split(':')[1]);
        }
    }

    [Fact]
    public async Task Nothing_is_appended_to_a_missing_or_invalid_file_or_during_another_append()
    {
        var missing = await RunAsync("keys", "generate", "--append", KeyPath);
        await File.WriteAllTextAsync(KeyPath, "no key");
        var invalid = await RunAsync("keys", "generate", "--append", KeyPath);
        await File.WriteAllTextAsync(KeyPath, Convert.ToBase64String(new byte[32]));
        await File.WriteAllTextAsync(KeyPath + ".new", "");
        var taken = await RunAsync("keys", "generate", "--append", KeyPath);

        missing.Error.ShouldStartWith("audiencesync: master_key_missing: ");
        invalid.Error.ShouldStartWith("audiencesync: master_key_invalid: ");
        taken.Error.ShouldStartWith("audiencesync: key_exists: ");
        new[] { missing, invalid, taken }.ShouldAllBe(run => run.ExitCode == 2 && run.Error.TrimEnd().Split('\n').Length == 1);
        (await File.ReadAllTextAsync(KeyPath)).ShouldBe(Convert.ToBase64String(new byte[32]));
        (await RunAsync("keys", "generate")).ExitCode.ShouldBe(1);
        (await RunAsync("keys", "generate", "--out", KeyPath, "--append", KeyPath)).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Rotate_runs_to_the_end_and_status_shows_what_is_left_and_until_when()
    {
        await using var workspace = await SealedUnderOneAsync();
        await WriteKeysAsync(1, 2);

        var before = Json(await RunAsync("keys", "status", "--json"));
        var rotated = Json(await RunAsync("keys", "rotate", "--json"))[0];
        var report = await RunAsync("keys", "status");
        var again = await RunAsync("keys", "rotate");

        before
            .GetProperty("versions")
            .EnumerateArray()
            .Select(v => (v.GetProperty("version").GetInt32(), v.GetProperty("seals").GetBoolean()))
            .ShouldBe([(1, false), (2, true)]);
        Row(before, "vault").GetProperty("rows").GetInt32().ShouldBe(2);
        Row(before, "bodies")
            .GetProperty("needed_until")
            .GetString()
            .ShouldBe("2026-12-06", "received on the 21st, kept for 14 days, dropped with its day");
        Row(before, "vault").GetProperty("needed_until").ValueKind.ShouldBe(JsonValueKind.Null);
        (
            rotated.GetProperty("workspace").GetString(),
            rotated.GetProperty("resealed").GetInt32(),
            rotated.GetProperty("left").GetInt32()
        ).ShouldBe(("default", 2, 0));
        report.Output.ShouldContain("default: bodies under version 1: 1 rows, needed until 2026-12-06");
        report.Output.ShouldContain("default: vault under version 2: 2 rows, up to date");
        report.Output.ShouldContain("rotation to version 2: done, 2 rows resealed");
        (again.ExitCode, again.Output.TrimEnd()).ShouldBe(
            (0, "default: 2 rows sealed under version 2, 0 left under older ones, 0 unreadable.")
        );
    }

    [Fact]
    public async Task Rotate_fails_when_something_is_left()
    {
        await using var workspace = await SealedUnderOneAsync();
        await workspace.ExecuteAsync("update vault set cipher = '' where person = (select person from vault limit 1)");
        await WriteKeysAsync(1, 2);

        var run = await RunAsync("keys", "rotate");

        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain("1 left under older ones, 1 unreadable");
    }

    [Theory]
    [InlineData("keys rotate")]
    [InlineData("serve")]
    public async Task A_key_that_is_missing_wrong_absent_or_older_stops_it_with_one_line(string verb)
    {
        await using var workspace = await SealedUnderOneAsync();
        await File.WriteAllTextAsync(_folder.Below("op"), "token");
        _environment["AUDIENCESYNC_CONFIG"] = _folder.Below("audiencesync.yaml");
        await File.WriteAllTextAsync(
            _environment["AUDIENCESYNC_CONFIG"],
            "operator_token: { file: op }\nworkspaces: { default: { sources: [], audiences: [], destinations: [], bindings: [] } }\n"
        );
        await WriteKeysAsync(1);
        (await RunAsync("keys", "rotate")).ExitCode.ShouldBe(0);

        File.Delete(KeyPath);
        var missing = await RunAsync(verb.Split(' '));
        await File.WriteAllTextAsync(KeyPath, "1:\n");
        var invalid = await RunAsync(verb.Split(' '));
        await File.WriteAllTextAsync(KeyPath, Convert.ToBase64String(new byte[32]));
        var wrong = await RunAsync(verb.Split(' '));
        await WriteKeysAsync(2);
        var absent = await RunAsync(verb.Split(' '));
        await workspace.ExecuteAsync("insert into audience_sync.master_keys values (3, '', now())");
        await WriteKeysAsync(1, 2);
        var backwards = await RunAsync(verb.Split(' '));

        var runs = new[] { missing, invalid, wrong, absent, backwards };
        runs.Select(run => run.Error.Split(": ")[1])
            .ShouldBe(["master_key_missing", "master_key_invalid", "master_key_wrong", "master_key_absent", "master_key_backwards"]);
        runs.ShouldAllBe(run => run.ExitCode == 2 && run.Error.TrimEnd().Split('\n').Length == 1);
    }

    [Fact]
    public async Task A_database_that_was_never_migrated_is_reported()
    {
        _environment["AUDIENCESYNC_POSTGRES"] = await PostgresCluster.CreateDatabaseAsync();
        await WriteKeysAsync(1);

        foreach (var verb in new[] { "rotate", "status" })
        {
            var run = await RunAsync("keys", verb);

            (run.ExitCode, run.Output).ShouldBe((2, ""));
            run.Error.ShouldStartWith("audiencesync: schema_missing: ");
        }
    }

    // Two people and a body under version 1.
    private async Task<TestWorkspace> SealedUnderOneAsync()
    {
        var workspace = await TestWorkspace.CreateAsync([null]);
        _environment["AUDIENCESYNC_POSTGRES"] = workspace.ConnectionString;
        var log = workspace.OpenLog();
        await log.AppendAsync(
            [
                TestWebhooks.Request(workspace.Webhooks.Add("a", TestWorkspace.Start, "ann")),
                TestWebhooks.Request(workspace.Webhooks.Add("b", TestWorkspace.Start, "bob")),
            ],
            default
        );
        return workspace;
    }

    private Task WriteKeysAsync(params short[] versions) =>
        File.WriteAllLinesAsync(
            KeyPath,
            versions.Select(version => $"{version}:{Convert.ToBase64String(version == 1 ? TestWorkspace.Secret : Ring.Secret(version))}")
        );

    private MasterKeys Load() => MasterKeyLoader.Load(HostSettings.FromEnvironment(name => _environment.GetValueOrDefault(name)));

    // No output contains a key.
    private async Task<CommandRun> RunAsync(params string[] args)
    {
        var run = await CommandRun.RunAsync(_environment, network: null, new SetClock(TestWorkspace.Start), args);
        foreach (var secret in new[] { TestWorkspace.Secret, Ring.Secret(2) })
        {
            (run.Output + run.Error).ShouldNotContain(Convert.ToBase64String(secret));
        }

        return run;
    }

    private static JsonElement Json(CommandRun run)
    {
        run.ExitCode.ShouldBe(0, run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static JsonElement Row(JsonElement status, string kind) =>
        status.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("kind").GetString() == kind);
}
