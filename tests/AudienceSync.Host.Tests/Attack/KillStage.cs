using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Host.EventStore.Embedded;
using AudienceSync.Host.Tests.EventStore.Embedded;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Simulation;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Npgsql;

namespace AudienceSync.Host.Tests.Attack;

/// <summary>
/// The processes to kill: a separate PostgreSQL that waits for its disk, and Hosts as processes. The platform listens on a real port.
/// </summary>
internal sealed class KillStage : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestHostOptions _options = new();
    private readonly EmbeddedPostgresOptions _serverOptions;
    private EmbeddedPostgres _server = null!;
    private WebApplication _platform = null!;
    private HttpClient _admin = null!;
    private string _config = null!;

    private KillStage() => _serverOptions = Clusters.Options(_folder.Below("pg")) with { Fsync = true, SharedBuffers = "64MB" };

    public IReadOnlyList<TestAudience> Audiences => _options.Audiences;

    public static async Task<KillStage> StartAsync()
    {
        var stage = new KillStage();
        stage._server = await EmbeddedPostgres.StartAsync(stage._serverOptions, TimeProvider.System);
        var remotes = stage.Audiences.Select((_, n) => TestHost.Remote(n)).ToList();
        var account = new AccountSettings
        {
            Account = TestPlatform.Account,
            Token = TestPlatform.Token,
            Audiences = remotes,
        };
        stage._platform = SandboxApp.Create(new SandboxOptions { Urls = "http://127.0.0.1:0", Accounts = [account] }, TimeProvider.System);
        await stage._platform.StartAsync();
        var url = stage._platform.Urls.Single();
        stage._admin = new HttpClient { BaseAddress = new Uri(url) };
        stage._config = TestHostFiles.Write(
            stage._folder,
            stage._options with
            {
                Yaml = yaml =>
                    yaml.Replace("http://127.0.0.1:5480", url, StringComparison.Ordinal)
                        .Replace("platform: meta,", "platform: meta, call_timeout_s: 3,", StringComparison.Ordinal),
            }
        );
        return stage;
    }

    public Task<HostProcess> HostAsync(TimeSpan lease) => HostProcess.StartAsync(_config, _folder.Path, _server.ConnectionString, lease);

    /// <summary>Sends SIGKILL to every process of the server, and starts it again from what is on disk.</summary>
    public async Task KillServerAsync()
    {
        var living = PidFile.OfLivingServer(new ClusterFolder(_serverOptions.DataFolder)).ShouldNotBeNull();
        using (var process = Process.GetProcessById(living.Pid))
        {
            process.Kill(entireProcessTree: true);
            await process.EndAsync();
        }

        var next = await EmbeddedPostgres.StartAsync(_serverOptions, TimeProvider.System);
        await _server.StopAsync();
        _server = next;
    }

    /// <summary>The ids of all member events in the log.</summary>
    public async Task<List<Guid>> LoggedAsync()
    {
        var settings = new NpgsqlConnectionStringBuilder(_server.ConnectionString) { SearchPath = "ws_default", Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select id from mt_events where type in ('audience_member_added', 'audience_member_removed')",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await reader.ReadAsync())
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    /// <summary>The email digests on a list.</summary>
    public async Task<HashSet<string>> HeldAsync(int audience)
    {
        var list = await _admin.GetFromJsonAsync<JsonElement>($"/admin/lists/{TestHost.Remote(audience)}");
        return list.GetProperty("digests").TryGetProperty("EMAIL", out var digests)
            ? digests.EnumerateArray().Select(digest => digest.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }

        await _server.StopAsync();
        _folder.Dispose();
    }
}
