using System.Collections.Concurrent;
using System.Text.Json;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace AudienceSync.Host.Tests.Telemetry;

public sealed class LogSetupTests
{
    [Fact]
    public void A_line_of_the_json_form_has_time_message_level_and_values()
    {
        var lines = Log(
            "Information",
            logger =>
            {
                var account = logger.CreateLogger("AudienceSync.Host.Sync.Accounts.AccountLoop");
                account.LogInformation("Account {Destination} claimed with fence {Fence}", "meta_main", 7);
                logger.CreateLogger("AudienceSync").LogError(new InvalidOperationException("why"), "{What} failed", "Projector");
            }
        );

        lines.Count.ShouldBe(2);
        var claimed = JsonSerializer.Deserialize<JsonElement>(lines[0]);
        claimed.EnumerateObject().Select(field => field.Name).ShouldBe(["@t", "@m", "@i", "Destination", "Fence", "SourceContext"]);
        claimed.GetProperty("@m").GetString().ShouldBe("Account \"meta_main\" claimed with fence 7");
        claimed.GetProperty("Fence").GetInt32().ShouldBe(7);
        claimed.GetProperty("@t").GetString()!.ShouldEndWith("Z");
        var failed = JsonSerializer.Deserialize<JsonElement>(lines[1]);
        failed.GetProperty("@l").GetString().ShouldBe("Error");
        failed.GetProperty("@x").GetString()!.ShouldContain("InvalidOperationException: why");

        // The document shows the first of these lines.
        var page = File.ReadAllLines(Path.Combine(RepositoryRoot.Find(), "docs", "operating.md"));
        WithoutTime(page.Single(line => line.StartsWith("{\"@t\"", StringComparison.Ordinal))).ShouldBe(WithoutTime(lines[0]));
    }

    [Theory]
    [InlineData("Warning", "AudienceSync", false)]
    [InlineData("information", "AudienceSync", true)]
    [InlineData("nonsense", "AudienceSync", true)]
    [InlineData("Verbose", "Microsoft.AspNetCore.Hosting.Diagnostics", false)]
    [InlineData("Verbose", "System.Net.Http.HttpClient", false)]
    public void Levels_are_those_of_the_setting_and_requests_are_not_logged(string level, string category, bool logged) =>
        Log(level, logger => logger.CreateLogger(category).LogInformation("x")).Count.ShouldBe(logged ? 1 : 0);

    [Fact]
    public void An_outage_of_storage_is_left_to_our_loops_and_any_other_error_of_Wolverine_is_logged()
    {
        var lines = Log(
            "Information",
            logger =>
            {
                var wolverine = logger.CreateLogger("Wolverine.RDBMS.DurabilityAgent");
                wolverine.LogError(new InvalidOperationException("why", new TimeoutException()), "outage");
                wolverine.LogError(new InvalidOperationException("why"), "fault");
                wolverine.LogWarning("stepping down");
                logger.CreateLogger("AudienceSync").LogError(new TimeoutException(), "ours");
            }
        );

        lines
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("@m").GetString())
            .ShouldBe(["fault", "stepping down", "ours"]);
    }

    [Fact]
    public void A_request_without_a_token_is_no_line()
    {
        var handlers = typeof(LogSetup)
            .Assembly.GetTypes()
            .Where(type =>
                type is { IsAbstract: false } && type.IsAssignableTo(typeof(Microsoft.AspNetCore.Authentication.IAuthenticationHandler))
            )
            .ToList();
        handlers.Count.ShouldBeGreaterThan(1);

        Log("Information", loggers => handlers.ForEach(type => loggers.CreateLogger(type.FullName!).LogInformation("was challenged")))
            .ShouldBeEmpty();
        Log("Information", loggers => handlers.ForEach(type => loggers.CreateLogger(type.FullName!).LogWarning("broken")))
            .Count.ShouldBe(handlers.Count);
    }

    [Fact]
    public async Task The_log_of_a_host_is_serilog_alone()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddLog(Settings("Fatal"));
        await using var app = builder.Build();
        app.Services.GetRequiredService<ILoggerFactory>().ShouldBeOfType<SerilogLoggerFactory>();
        app.Services.GetServices<ILoggerProvider>().ShouldBeEmpty();
    }

    private static string WithoutTime(string line) => line.Trim()[line.IndexOf("\"@m\"", StringComparison.Ordinal)..];

    private static HostSettings Settings(string level) =>
        new("http://127.0.0.1:0", ".data", null, "x.yaml", null, null, JsonLog: true, level);

    private static List<string> Log(string level, Action<ILoggerFactory> write)
    {
        var sink = new Lines();
        using var logger = LogSetup.Levels(new LoggerConfiguration(), Settings(level)).WriteTo.Sink(sink).CreateLogger();
        using var factory = new SerilogLoggerFactory(logger);
        write(factory);
        return [.. sink.Written];
    }

    private sealed class Lines : ILogEventSink
    {
        public ConcurrentQueue<string> Written { get; } = [];

        public void Emit(LogEvent logEvent)
        {
            using var line = new StringWriter();
            LogSetup.Json.Format(logEvent, line);
            Written.Enqueue(line.ToString());
        }
    }
}
