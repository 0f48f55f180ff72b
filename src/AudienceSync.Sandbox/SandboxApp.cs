using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox;

/// <summary>
/// The simulated ad platforms in one web application. Built from an empty builder: no settings file and no ASPNETCORE_ variable changes how
/// it behaves, so a test and a container get the same program.
/// </summary>
public static class SandboxApp
{
    /// <summary>One thousand rows of two digests, URL-escaped.</summary>
    private const int MaxRequestLineBytes = 256 * 1024;

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    /// <param name="options">Addresses, admin token and initial accounts.</param>
    /// <param name="clock">The clock for budgets, proofs, sessions and delays.</param>
    /// <param name="configure">Final customization of the builder, for example <c>builder => builder.WebHost.UseTestServer()</c>.</param>
    /// <exception cref="SandboxSettingsException">An account in the options is invalid.</exception>
    public static WebApplication Create(SandboxOptions options, TimeProvider clock, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Meta/GraphParameters enforces the limit itself, so that the error uses the platform's own envelope.
            kestrel.Limits.MaxRequestBodySize = null;
            // Meta's official client sends the members of a removal in the URL.
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
        // The program reports a failed start in one line; the host must not add a stack trace.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    }

    private static void Map(WebApplication app, SandboxOptions options, TimeProvider clock)
    {
        var parts = new PlatformParts(new ListRegistry(), new FaultPlan(clock), new CallLog(), clock);
        app.UseRouting();
        app.MapGet("/health/live", context => AdminResponse.WriteAsync(context, StatusCodes.Status200OK, new { status = "live" }));
        IReadOnlyList<IPlatform> platforms = [.. Platforms.All.Select(row => row.Open(app, parts))];
        foreach (var account in options.Accounts)
        {
            if (AccountSettings.Upsert(platforms, account) is { } error)
            {
                throw new SandboxSettingsException($"Account {account.Account}: {error}.");
            }
        }

        AdminApi.Map(app, options.AdminToken, new AdminState(parts, platforms));
    }
}
