using System.Globalization;
using AudienceSync.Host.EventStore.Embedded;

namespace AudienceSync.Host.Tests.Postgres;

/// <summary>
/// A private cluster from the programs on this machine, without waiting for the disk. What a killed test run left behind goes at the next
/// run's start.
/// </summary>
internal sealed class LocalPostgres : ITestPostgres
{
    private const string Prefix = "audiencesync-tests-";

    private readonly EmbeddedPostgres _server;
    private readonly TemporaryFolder _folder;

    private LocalPostgres(EmbeddedPostgres server, TemporaryFolder folder) => (_server, _folder) = (server, folder);

    public string ConnectionString => _server.ConnectionString;

    public string Description => $"a private cluster from {_server.Binaries.Folder}";

    public static async Task<LocalPostgres> StartAsync()
    {
        await RemoveLeftoversAsync();
        var folder = new TemporaryFolder($"{Prefix}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-");
        return new LocalPostgres(await EmbeddedPostgres.StartAsync(Options(folder.Path), TimeProvider.System), folder);
    }

    /// <summary>The settings of the tests' server, wherever it runs.</summary>
    public static EmbeddedPostgresOptions Options(string folder) =>
        new()
        {
            DataFolder = System.IO.Path.Combine(folder, "pg"),
            BinFolder = EmbeddedPostgresOptions.FromSettings(Environment.GetEnvironmentVariable, "/").BinFolder,
            Fsync = false,
            SharedBuffers = "64MB",
            MaxConnections = 300,
        };

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync();
        _folder.Dispose();
    }

    private static async Task RemoveLeftoversAsync()
    {
        foreach (var folder in Directory.GetDirectories(TemporaryFolder.Root(), Prefix + "*"))
        {
            var owner = System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
            if (!Directory.Exists($"/proc/{owner}") && Directory.Exists("/proc/self"))
            {
                await RemoveAsync(folder);
            }
        }
    }

    private static async Task RemoveAsync(string folder)
    {
        try
        {
            await using (await EmbeddedPostgres.StartAsync(Options(folder), TimeProvider.System))
            {
                // Adopted only to be stopped.
            }
        }
        catch (EmbeddedPostgresException)
        {
            // Half made or another user's: nothing of it runs for us.
            return;
        }

        Directory.Delete(folder, recursive: true);
    }
}
