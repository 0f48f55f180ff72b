using AudienceSync.Host.Ingest;
using AudienceSync.Host.Telemetry;
using Microsoft.AspNetCore.Diagnostics;

namespace AudienceSync.Host.Serving;

/// <summary>
/// Answers requests that failed for a reason outside of the program, without a stack trace in the log: unavailable storage is 503
/// <c>storage_down</c>, counted in one log line a minute; a request that its client broke is the client's own fault and is not logged.
/// Anything else is a fault of the program, and is left to the pipeline to log.
/// </summary>
public sealed class RequestFaults(TimeProvider clock, ILogger<RequestFaults> logger) : IExceptionHandler
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _lineAt;
    private long _unlogged;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is BadHttpRequestException badRequest)
        {
            await Answers.WriteAsync(httpContext, IngestProblem.BrokenRequest with { Status = badRequest.StatusCode });
            return true;
        }

        if (!OutageLog.IsStorage(exception))
        {
            return false;
        }

        Log(exception);
        await Answers.WriteAsync(httpContext, IngestProblem.StorageDown);
        return true;
    }

    private void Log(Exception exception)
    {
        long requests;
        lock (_gate)
        {
            _unlogged++;
            if (_lineAt != 0 && clock.GetElapsedTime(_lineAt) < LineEvery)
            {
                return;
            }

            _lineAt = clock.GetTimestamp();
            (requests, _unlogged) = (_unlogged, 0);
        }

        logger.LogWarning(
            "Storage failed {Requests} requests since the last such line: {Failure}",
            requests,
            OutageLog.Describe(exception)
        );
    }
}
