using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Messages;
using AudienceSync.Host.Serving;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Workspaces;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>
/// A complete Host for one test, with a separate database, configuration and platform, accessed only by HTTP. Ends with the test.
/// </summary>
public sealed class TestHost : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogCapture _log = new();
    private readonly TestHostOptions _options;
    private HttpMessageHandler _network = null!;
    private ILoggerFactory _loggers = null!;
    private WebApplication _app = null!;
    private bool _stopped;

    private TestHost(TestHostOptions options) => _options = options;

    /// <summary>Client of the Host without a token.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Client of the Host with the operator token.</summary>
    public HttpClient Operator { get; private set; } = null!;

    public TestPlatform Sandbox { get; private set; } = null!;

    /// <summary>The connection string of the superuser.</summary>
    public string Database { get; private set; } = null!;

    /// <summary>The path of its configuration.</summary>
    public string ConfigPath { get; private set; } = null!;

    public HostServer Server { get; private set; } = null!;

    public TimeProvider Clock => _options.Clock;

    /// <summary>The URL of the listener for monitoring.</summary>
    public string HealthUrl => _app.Services.GetRequiredService<HealthListener>().Url!;

    /// <summary>Every route that the Host has.</summary>
    public IReadOnlyList<RouteEndpoint> Routes =>
        [.. ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    /// <summary>Every line logged so far.</summary>
    public IReadOnlyList<string> LogLines => _log.Lines;

    public static async Task<TestHost> StartAsync(TestHostOptions? options = null)
    {
        var host = new TestHost(options ?? new TestHostOptions());
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>The platform's id for the list of the audience with this index.</summary>
    public static string Remote(int audience) => (238_500_000_000_001 + audience).ToString(CultureInfo.InvariantCulture);

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        using (var response = await Http.SendAsync(request))
        {
            return await Answer.ReadAsync(response);
        }
    }

    /// <summary>Sends a webhook of the source that signs.</summary>
    public Task<Answer> PostAsync(string body) => SendAsync(Webhook.Signed(body, Clock.GetUtcNow()));

    /// <summary>Sends durable messages, as a worker of the Host does.</summary>
    public IMessages Messages => _app.Services.GetRequiredService<IMessages>();

    /// <summary>Its own counters: the page of metrics has those of every Host in the process.</summary>
    public IngestCounters Counters => _app.Services.GetRequiredService<IngestCounters>();

    /// <summary>Queries with the operator token.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Operator.GetAsync(path);
        var answer = await Answer.ReadAsync(response);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json;
    }

    /// <summary>Reads one value from the workspace's schema, as the superuser.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        var settings = new NpgsqlConnectionStringBuilder(Database) { SearchPath = "ws_default", Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Changes what no Host may change, as the superuser.</summary>
    public async Task ExecuteAsync(string sql)
    {
        var settings = new NpgsqlConnectionStringBuilder(Database) { SearchPath = "ws_default", Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until all accepted events are folded and all changes are delivered. Returns the last status.</summary>
    /// <param name="atMost_s">The test fails after this many seconds, with the log.</param>
    /// <param name="meanwhile">Called after each poll that is not quiet, e.g. to move the clock past the wait after a failed call.</param>
    /// <param name="seen">Called with each status that is not quiet.</param>
    public async Task<JsonElement> WaitUntilQuietAsync(int atMost_s = 30, Action? meanwhile = null, Func<JsonElement, Task>? seen = null)
    {
        JsonElement? status = null;
        await Deadline.UntilAsync(
            async () =>
            {
                status = await StatusAsync();
                if (status?.GetProperty("quiet").GetBoolean() == true)
                {
                    return true;
                }

                meanwhile?.Invoke();
                await (status is { } loud && seen is not null ? seen(loud) : Task.CompletedTask);
                return false;
            },
            () => $"a quiet Host: {status}\n{string.Join('\n', LogLines.Where(line => !line.Contains(" Microsoft.")))}",
            TimeSpan.FromSeconds(atMost_s)
        );
        return status!.Value;
    }

    // Null during a storage outage: after one the first read may still use a connection that was terminated.
    private async Task<JsonElement?> StatusAsync()
    {
        using var response = await Operator.GetAsync("/v1/status");
        var answer = await Answer.ReadAsync(response);
        answer.Status.ShouldBeOneOf(200, 503);
        return answer.Status == 200 ? answer.Json : null;
    }

    /// <summary>Like SIGTERM: answers requests in flight, commits queued events, releases the leases. Runs once.</summary>
    public async Task StopAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        await _app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await StopAsync(); // Also after a start that failed: what runs already must stop before it is disposed.
            Http?.Dispose();
            Operator?.Dispose();
            await _app.DisposeAsync();
        }

        if (Sandbox is not null && _options.Platform is null)
        {
            await Sandbox.DisposeAsync();
        }

        _network?.Dispose();
        _loggers?.Dispose();
        _folder.Dispose();
    }

    internal static string Remote(TestHostOptions options, TestAudience audience) => Remote(options.Audiences.ToList().IndexOf(audience));

    private async Task StartAsync()
    {
        Database = _options.Database ?? await PostgresCluster.CreateMigratedAsync();
        var remotes = _options.Audiences.Select(audience => Remote(_options, audience)).ToList();
        Sandbox = _options.Platform ?? await TestPlatform.StartAsync(remotes, _options.Clock);
        _network = _options.Network(Sandbox.NewNetwork());
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log));
        ConfigPath = TestHostFiles.Write(_folder, _options);
        var settings = new HostSettings(
            "http://127.0.0.1:0",
            _folder.Path,
            Database,
            ConfigPath,
            null,
            _options.MasterKeys,
            JsonLog: false,
            "Debug"
        )
        {
            HealthUrl = _options.HealthUrl,

            // Hundreds of Hosts share the tests' processors: each would vote and poll. NodesTests have the default.
            Work = HostSettings.ByLeases,
        };
        _app = Build(
            settings,
            new ServerDependencies(_options.Clock, new Random(1), _network, static _ => null)
            {
                AccountPoll = _options.AccountPoll,
                AlertPoll = _options.AlertPoll,
            }
        );
        Server = _app.Services.GetRequiredService<HostServer>();
        await _app.MapAudienceSync().StartAsync();
        Http = NewClient();
        Operator = NewClient();
        Operator.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestHostFiles.OperatorToken);
    }

    private WebApplication Build(HostSettings settings, ServerDependencies dependencies)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_loggers);
        builder.AddAudienceSync(settings, dependencies);
        if (_options.MaxConnections is { } connections)
        {
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxConcurrentConnections = connections);
        }

        if (!_options.RealPort)
        {
            builder.WebHost.UseTestServer();
        }

        return builder.Build();
    }

    /// <summary>Another client of the Host; on a real port it has separate connections.</summary>
    public HttpClient NewClient() =>
        _options.RealPort ? new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) } : _app.GetTestClient();
}
