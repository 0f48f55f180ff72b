using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace AudienceSync.Connectors.Http;

/// <summary>
/// Times a call and repeats it once when no connection came about. Nothing is repeated after a byte may have been sent: that is the
/// engine's decision, which counts attempts and knows the budget.
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
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = QuickRetries,
                ShouldHandle = static args => ValueTask.FromResult(IsBeforeConnection(args.Outcome.Exception)),
                DelayGenerator = _ => ValueTask.FromResult<TimeSpan?>(Jitter()),
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = callTimeout })
            .Build();
    }

    /// <summary>Runs <paramref name="attempt"/> to an answer, or to the code of what happened instead of one.</summary>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled, and only then.</exception>
    public async ValueTask<(PlatformAnswer? Answer, string Failure)> RunAsync(
        Func<CancellationToken, ValueTask<PlatformAnswer>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return (await _pipeline.ExecuteAsync(attempt, cancellationToken), "");
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // A handler may report a cancelled call as a broken connection.
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

    private static bool IsBeforeConnection(Exception? failure) => failure is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError,
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
