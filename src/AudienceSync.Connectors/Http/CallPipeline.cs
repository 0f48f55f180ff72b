using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace AudienceSync.Connectors.Http;

/// <summary>
/// Limits the time of a call and retries it once when no connection was established. Nothing is retried after a byte may have been sent:
/// that decision belongs to the engine, which counts attempts and has the budget.
/// </summary>
internal sealed class CallPipeline
{
    public const string TimeoutCode = "timeout";
    public const string NetworkCode = "network";

    private const int QuickRetries = 1;
    private const int MinQuickRetryMs = 200;
    private const int MaxQuickRetryMs = 1000;

    private readonly ResiliencePipeline _pipeline;
    private readonly Random _random;

    public CallPipeline(TimeSpan callTimeout, TimeProvider clock, Random random)
    {
        _random = random;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(
                new RetryStrategyOptions
                {
                    MaxRetryAttempts = QuickRetries,
                    ShouldHandle = static args => ValueTask.FromResult(IsBeforeConnection(args.Outcome.Exception)),
                    DelayGenerator = _ => ValueTask.FromResult<TimeSpan?>(Jitter()),
                }
            )
            .AddTimeout(new TimeoutStrategyOptions { Timeout = callTimeout })
            .Build();
    }

    /// <summary>Runs <paramref name="attempt"/> until there is a response, or a failure code instead of one.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was canceled, and only then.</exception>
    public async ValueTask<(PlatformAnswer? Answer, string Failure)> RunAsync(
        Func<CancellationToken, ValueTask<PlatformAnswer>> attempt,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (await _pipeline.ExecuteAsync(attempt, cancellationToken), "");
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // A handler may report a canceled call as a broken connection.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception failure) when (failure is TimeoutRejectedException or OperationCanceledException)
        {
            return (null, TimeoutCode);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return (null, NetworkCode);
        }
    }

    /// <summary>Whether a call has failed before anything of it was sent.</summary>
    internal static bool IsBeforeConnection(Exception? failure) =>
        failure
            is HttpRequestException
            {
                HttpRequestError: HttpRequestError.NameResolutionError
                    or HttpRequestError.ConnectionError
                    or HttpRequestError.SecureConnectionError,
            };

    private TimeSpan Jitter()
    {
        // Random is not safe for overlapping calls.
        lock (_random)
        {
            return TimeSpan.FromMilliseconds(_random.Next(MinQuickRetryMs, MaxQuickRetryMs + 1));
        }
    }
}
