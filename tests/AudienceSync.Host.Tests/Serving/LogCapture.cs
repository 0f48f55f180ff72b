using System.Collections.Concurrent;
using AudienceSync.Host.Serving;
using Microsoft.Extensions.Logging;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>Keeps every line that is logged, of every level, with its values, scopes and errors as text.</summary>
public sealed class LogCapture : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = [];

    public IReadOnlyList<string> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose() => GC.SuppressFinalize(this);

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            capture._lines.Enqueue($"scope {category}: {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(", ", pairs) : "";
            var hidden = LogSetup.IsOutageOfMessages(category, exception) ? "not shown: " : "";
            capture._lines.Enqueue($"{hidden}{logLevel} {category}: {formatter(state, exception)} {{{values}}} {exception}");
        }
    }
}
