using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>
/// Two Hosts as processes. One is stopped by a signal in the middle of a call, and resumes when its work belongs to the other.
/// </summary>
public sealed class PausedHostTests : IAsyncLifetime
{
    private const int CallTimeoutS = 3;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    // A Host that is about to call holds the account until the call must have ended, plus one lease time.
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(CallTimeoutS) + Lease;

    private readonly TemporaryFolder _folder = new();
    private readonly TestHostOptions _options = new() { Audiences = [new TestAudience("high_intent_cart_7d", 7)] };
    private WebApplication _platform = null!;
    private HttpClient _admin = null!;
    private string _database = null!;
    private NpgsqlDataSource _owner = null!;
    private string _config = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresCluster.CreateDatabaseAsync();
        _owner = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(_database) { SearchPath = "ws_default", MaxPoolSize = 2 }.ConnectionString
        );
        var account = new AccountSettings
        {
            Account = TestPlatform.Account,
            Token = TestPlatform.Token,
            Audiences = [TestHost.Remote(0)],
        };
        _platform = SandboxApp.Create(new SandboxOptions { Urls = "http://127.0.0.1:0", Accounts = [account] }, TimeProvider.System);
        await _platform.StartAsync();
        var url = _platform.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _admin = new HttpClient { BaseAddress = new Uri(url) };
        _config = TestHostFiles.Write(
            _folder,
            _options with
            {
                Yaml = yaml =>
                    yaml.Replace("http://127.0.0.1:5480", url, StringComparison.Ordinal)
                        .Replace(
                            "platform: meta,",
                            $"platform: meta, call_timeout_s: {CallTimeoutS.ToString(CultureInfo.InvariantCulture)},",
                            StringComparison.Ordinal
                        ),
            }
        );
    }

    public async Task DisposeAsync()
    {
        _admin.Dispose();
        await _platform.DisposeAsync();
        await _owner.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_host_paused_in_a_call_and_resumed_after_losing_the_account_writes_nothing_stale_and_the_lists_converge()
    {
        await using var paused = await StartAsync();
        using var fault = await _admin.PostAsJsonAsync(
            "/admin/faults",
            new
            {
                kind = "delay",
                operation = "add",
                count = 1,
                delay_ms = 1_000,
            }
        );
        await SendEventAsync(paused, "add", "ann");
        await Waiting.UntilAsync(async () => await FiredAsync() == 1, () => $"No call arrived: {paused.Log}");
        await paused.PauseAsync();
        var since = Stopwatch.GetTimestamp();
        var fence = await AskAsync("select fence::text from leases where name = 'account:meta_main'");

        await Waiting.UntilAsync(async () => await PeopleAsync() == 1, () => "The platform never continued the call.");
        await using var other = await StartAsync();
        await SendEventAsync(other, "remove", "ann");
        await SendEventAsync(other, "add", "ben");
        await QuietAsync(other);
        await Waiting.UntilAsync(() => Task.FromResult(Stopwatch.GetElapsedTime(since) > 2 * Held), () => "The time did not pass.");
        (await PeopleAsync()).ShouldBe(1);
        var (ledger, calls) = (await AskAsync(LedgerSql), await AskAsync(CallsSql));

        await paused.WakeAsync();
        await paused.LineAsync("Account meta_main: lease lost");

        paused.Log.ShouldContain("The lease account:meta_main is held by another host.");
        (await AskAsync(LedgerSql)).ShouldBe(ledger, "the late outcome was not written");
        (await AskAsync(CallsSql)).ShouldBe(calls);
        await SendEventAsync(other, "remove", "ben");
        await SendEventAsync(other, "add", "cleo");
        await SendEventAsync(other, "add", "dan");
        await QuietAsync(other);
        (await PeopleAsync()).ShouldBe(2);
        (await AskAsync("select count(*)::text from calls where fence <= " + fence)).ShouldBe(
            "0",
            "no call of the former owner was ever recorded"
        );
    }

    private const string LedgerSql =
        "select string_agg(person || ' ' || status || ' ' || revision || ' ' || updated_at, ';' order by person) from ledger";

    private const string CallsSql = "select string_agg(call_id || ' ' || fence, ';' order by call_id) from calls";

    private Task<HostProcess> StartAsync() => HostProcess.StartAsync(_config, _folder.Path, _database, Lease);

    private async Task SendEventAsync(HostProcess host, string action, string who)
    {
        var sent = new JsonObject
        {
            ["event"] = "audience_" + action,
            ["event_id"] = $"{action} {who}",
            ["audience_key"] = _options.Audiences[0].Key,
            ["occurred_at"] = TimeProvider.System.GetUtcNow().ToString("O"),
            ["person"] = new JsonObject { ["email"] = who + "@example.com" },
        };
        using var request = Webhook.Signed(sent.ToJsonString(), TimeProvider.System.GetUtcNow());
        using var answer = await host.Http.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
    }

    private static Task QuietAsync(HostProcess host) =>
        Waiting.UntilAsync(
            async () => (await host.Operator.GetFromJsonAsync<JsonElement>("/v1/status")).GetProperty("quiet").GetBoolean(),
            () => $"The Host never became quiet: {host.Log}"
        );

    private async Task<int> FiredAsync() =>
        (await _admin.GetFromJsonAsync<JsonElement>("/admin/faults")).ToString() is var text
        && text.Contains("\"fired\":1", StringComparison.Ordinal)
            ? 1
            : 0;

    private async Task<int> PeopleAsync() =>
        (await _admin.GetFromJsonAsync<JsonElement>($"/admin/lists/{TestHost.Remote(0)}")).GetProperty("people").GetInt32();

    private async Task<string?> AskAsync(string sql)
    {
        await using var command = _owner.CreateCommand(sql);
        return await command.ExecuteScalarAsync() as string;
    }
}
