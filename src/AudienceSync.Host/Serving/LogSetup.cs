using System.Globalization;
using AudienceSync.Host.Access;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Telemetry;
using Serilog;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;

namespace AudienceSync.Host.Serving;

/// <summary>
/// Serilog, as lines for people or compact JSON for machines, to standard output. The framework logs only warnings and errors, and requests
/// are not logged.
/// </summary>
internal static class LogSetup
{
    private const string Wolverine = "Wolverine";

    private const string Line = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>One line of JSON with the message as text: what the documents quote can be searched for.</summary>
    internal static readonly ITextFormatter Json = new RenderedCompactJsonFormatter();

    /// <summary>Makes Serilog the only logger of a host. It is disposed with the host.</summary>
    public static void AddLog(this WebApplicationBuilder builder, HostSettings settings)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSerilog(configuration => WriteToConsole(Levels(configuration, settings), settings), preserveStaticLogger: true);
    }

    internal static LoggerConfiguration Levels(LoggerConfiguration configuration, HostSettings settings)
    {
        var level = Enum.TryParse<LogEventLevel>(settings.LogLevel, ignoreCase: true, out var parsed) ? parsed : LogEventLevel.Information;
        return configuration
            .MinimumLevel.Is(level)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            // serve reports a failed start, on one line.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal)
            .MinimumLevel.Override("Npgsql", LogEventLevel.Error)
            .MinimumLevel.Override(Wolverine, LogEventLevel.Warning)
            // The framework's handlers log under the names of ours: a line for each request without a token, which anybody can send.
            .MinimumLevel.Override(typeof(OperatorAuthentication).FullName!, LogEventLevel.Warning)
            .MinimumLevel.Override(typeof(SourceAuthentication).FullName!, LogEventLevel.Warning)
            .Filter.ByExcluding(IsOutageOfMessages);
    }

    // Every loop of ours reports an outage of storage once, on one line; Wolverine's pollers would add a stack trace each time.
    internal static bool IsOutageOfMessages(string category, Exception? failure) =>
        category.StartsWith(Wolverine, StringComparison.Ordinal) && failure is not null && OutageLog.IsStorage(failure.GetBaseException());

    private static bool IsOutageOfMessages(LogEvent logged) =>
        logged.Properties.TryGetValue(Serilog.Core.Constants.SourceContextPropertyName, out var source)
        && source is ScalarValue { Value: string category }
        && IsOutageOfMessages(category, logged.Exception);

    private static void WriteToConsole(LoggerConfiguration configuration, HostSettings settings) =>
        _ = settings.JsonLog
            ? configuration.WriteTo.Console(Json)
            : configuration.WriteTo.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture);
}
