using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Simulation;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AudienceSync.Host.Tests.Nodes;

/// <summary>A database, six ad accounts with one audience each, and Hosts as processes that share them.</summary>
internal sealed class NodesStage : IAsyncDisposable
{
    public const int Accounts = 6;

    private const int CallTimeoutS = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly List<HostProcess> _hosts = [];
    private readonly List<HashSet<string>> _expected =
    [
        .. Enumerable.Range(0, Accounts).Select(_ => new HashSet<string>(StringComparer.Ordinal)),
    ];
    private readonly WebApplication _platform;
    private readonly HttpClient _admin;
    private readonly NpgsqlDataSource _owner;
    private readonly string _database;
    private readonly string _config;
    private int _sent;

    private NodesStage(WebApplication platform, string database)
    {
        _platform = platform;
        _database = database;
        var url = platform.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _admin = new HttpClient { BaseAddress = new Uri(url) };
        _owner = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database) { SearchPath = "ws_default", MaxPoolSize = 2 }.ConnectionString
        );
        var options = new TestHostOptions
        {
            Audiences = [.. Enumerable.Range(0, Accounts).Select(n => new TestAudience($"audience_{n}", 7))],
        };
        _config = TestHostFiles.Write(_folder, options with { Yaml = yaml => Yaml(yaml, url) });
    }

    public static async Task<NodesStage> StartAsync()
    {
        var accounts = Enumerable
            .Range(0, Accounts)
            .Select(n => new AccountSettings
            {
                Account = Account(n),
                Token = TestPlatform.Token,
                Audiences = [TestHost.Remote(n)],
            });
        var platform = SandboxApp.Create(new SandboxOptions { Urls = "http://127.0.0.1:0", Accounts = [.. accounts] }, TimeProvider.System);
        await platform.StartAsync();
        return new NodesStage(platform, await PostgresCluster.CreateDatabaseAsync());
    }

    public async Task<HostProcess> StartHostAsync()
    {
        var host = await HostProcess.StartAsync(_config, _folder.Path, _database, sharesByAgents: true);
        _hosts.Add(host);
        return host;
    }

    /// <summary>How many accounts a Host works on, as the leases name their owner.</summary>
    public Task<long> AccountsOfAsync(HostProcess host) => CountAsync(host, "account:%");

    /// <summary>The same, with the projector.</summary>
    public Task<long> WorkOfAsync(HostProcess host) => CountAsync(host, "%");

    /// <summary>Waits until these Hosts have the projector and all accounts, each its even part of the accounts.</summary>
    public Task SharedAsync(IReadOnlyList<HostProcess> hosts) =>
        Deadline.UntilAsync(
            async () =>
            {
                var part = Accounts / hosts.Count;
                var work = 0L;
                foreach (var host in hosts)
                {
                    if (await AccountsOfAsync(host) != part)
                    {
                        return false;
                    }

                    work += await WorkOfAsync(host);
                }

                return work == Accounts + 1;
            },
            () => "an even share of the work\n" + string.Join("\n\n", hosts.Select(host => host.Log))
        );

    /// <summary>Starts, leaders and moves of work, as Wolverine recorded them; and the leases now.</summary>
    public async Task<string?> HistoryAsync() =>
        await AskAsync(
            """
            select string_agg(line, E'\n') from (
              (select to_char(timestamp, 'HH24:MI:SS.MS') || ' ' || node_number || ' ' || event_name || ' ' || left(description, 60) as line
               from audience_sync.wolverine_node_records order by id)
              union all
              (select name || ' ' || owner || ' ' || fence || ' ' || to_char(until, 'HH24:MI:SS.MS') from leases order by name)) l
            """
        );

    /// <summary>Adds one new person to every audience, and removes the person that was added last.</summary>
    public async Task ChangeAsync(HostProcess host)
    {
        for (var account = 0; account < Accounts; account++)
        {
            var expected = _expected[account];
            if (expected.FirstOrDefault() is { } leaver)
            {
                await SendAsync(host, "remove", account, leaver);
                expected.Remove(leaver);
            }

            var (one, two) = ($"person {_sent++}", $"person {_sent++}");
            await SendAsync(host, "add", account, one);
            await SendAsync(host, "add", account, two);
            expected.Add(one);
            expected.Add(two);
        }
    }

    /// <summary>Waits until everything is delivered, and checks that every list has whom it should have.</summary>
    public async Task NoDriftAsync(HostProcess host)
    {
        await Deadline.UntilAsync(() => IsQuietAsync(host), () => $"a quiet Host: {host.Log}");
        for (var account = 0; account < Accounts; account++)
        {
            var list = await _admin.GetFromJsonAsync<JsonElement>($"/admin/lists/{TestHost.Remote(account)}");
            list.GetProperty("people").GetInt32().ShouldBe(_expected[account].Count, $"account {account}");
        }
    }

    public async Task<string?> AskAsync(string sql)
    {
        await using var command = _owner.CreateCommand(sql);
        return (await command.ExecuteScalarAsync())?.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        _admin.Dispose();
        await _platform.DisposeAsync();
        await _owner.DisposeAsync();
        _folder.Dispose();
    }

    private static async Task<bool> IsQuietAsync(HostProcess host)
    {
        using var answer = await host.Operator.GetAsync("/v1/status");
        return answer.IsSuccessStatusCode && (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("quiet").GetBoolean();
    }

    private async Task<long> CountAsync(HostProcess host, string names)
    {
        await using var command = _owner.CreateCommand(
            """
            select count(*) from leases
            where name like $1 and (name = 'projector' or name like 'account:%') and until > clock_timestamp()
              and split_part(owner, '/', 2) = $2
            """
        );
        command.Parameters.Add(new NpgsqlParameter { Value = names });
        command.Parameters.Add(new NpgsqlParameter { Value = host.Id.ToString(CultureInfo.InvariantCulture) });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task SendAsync(HostProcess host, string action, int account, string who)
    {
        var sent = new JsonObject
        {
            ["event"] = "audience_" + action,
            ["event_id"] = $"{action} {who}",
            ["audience_key"] = $"audience_{account}_v1",
            ["occurred_at"] = TimeProvider.System.GetUtcNow().ToString("O"),
            ["person"] = new JsonObject { ["email"] = who.Replace(' ', '.') + "@example.com" },
        };
        using var request = Webhook.Signed(sent.ToJsonString(), TimeProvider.System.GetUtcNow());
        using var answer = await host.Http.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
    }

    private static string Account(int n) => "act_" + (1001 + n).ToString(CultureInfo.InvariantCulture);

    // A destination for each audience. A Host that is about to call holds its account until the call must have ended, so calls are short.
    private static string Yaml(string yaml, string url)
    {
        var lines = yaml.Split('\n');
        var template = lines.Single(line => line.Contains("name: meta_main", StringComparison.Ordinal));
        var destinations = Enumerable
            .Range(0, Accounts)
            .Select(n =>
                template
                    .Replace("meta_main", $"meta_{n}", StringComparison.Ordinal)
                    .Replace(TestPlatform.Account, Account(n), StringComparison.Ordinal)
                    .Replace("http://127.0.0.1:5480", url, StringComparison.Ordinal)
                    .Replace(
                        "platform: meta,",
                        $"platform: meta, call_timeout_s: {CallTimeoutS.ToString(CultureInfo.InvariantCulture)},",
                        StringComparison.Ordinal
                    )
            );
        var binding = 0;
        return string.Join(
            '\n',
            lines.SelectMany(line =>
                line == template ? destinations
                : line.Contains("destination: meta_main", StringComparison.Ordinal)
                    ? [line.Replace("meta_main", $"meta_{binding++}", StringComparison.Ordinal)]
                : [line]
            )
        );
    }
}
