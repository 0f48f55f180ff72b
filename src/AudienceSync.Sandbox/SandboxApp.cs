using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox;

/// <summary>
/// The ad platforms, imitated in one web application. Built from an empty builder: no settings file and no
/// ASPNETCORE_ variable changes how it behaves, so a test and a container get the same program.
/// </summary>
public static class SandboxApp
{
    /// <summary>A thousand rows of two digests, escaped.</summary>
    private const int MaxRequestLineBytes = 256 * 1024;

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    /// <param name="options">Addresses, admin token and first accounts.</param>
    /// <param name="clock">Budgets, proofs, sessions and delays run on it.</param>
    /// <param name="configure">Last word on the builder, e.g. <c>builder => builder.WebHost.UseTestServer()</c>.</param>
    /// <exception cref="SandboxSettingsException">An account of the options cannot be used.</exception>
    public static WebApplication Create(
        SandboxOptions options, TimeProvider clock, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Meta/GraphParameters holds the limit itself, so that it answers in the platform's own envelope.
            kestrel.Limits.MaxRequestBodySize = null;
            // Meta's own client sends the members of a removal in the address.
            kestrel.Limits.MaxRequestLineSize = MaxRequestLineBytes;
        });
        builder.WebHost.UseUrls(options.Urls);
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        ConfigureLogging(builder.Logging);
        configure?.Invoke(builder);
        var app = builder.Build();
        Map(app, options, clock);
        return app;
    }

    private static void ConfigureLogging(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddSimpleConsole(console => console.SingleLine = true);
        // A failed start is told once, by the program, not by a stack trace beside it.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    }

    private static void Map(WebApplication app, SandboxOptions options, TimeProvider clock)
    {
        var parts = new PlatformParts(new ListRegistry(), new FaultPlan(clock), new CallLog(), clock);
        app.UseRouting();
        app.MapGet("/health/live", context => AdminAnswer.WriteAsync(context, StatusCodes.Status200OK, new { status = "live" }));
        IReadOnlyList<IPlatform> platforms = [.. Platforms.All.Select(row => row.Open(app, parts))];
        foreach (var account in options.Accounts)
        {
            if (AccountSettings.Upsert(platforms, account) is { } complaint)
            {
                throw new SandboxSettingsException($"Account {account.Account}: {complaint}.");
            }
        }

        AdminApi.Map(app, options.AdminToken, new AdminState(parts, platforms));
    }
}
