using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using AudienceSync.Connectors.Http;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace AudienceSync.Connectors.CustomerIo;

/// <summary>A response after all attempts, or the reason why there is none.</summary>
/// <param name="Outcome">What it means.</param>
/// <param name="Code">Stable: <c>done</c>, <c>cio_503</c>, <c>timeout</c>, <c>network</c>.</param>
/// <param name="Status">HTTP status of the last attempt; 0 when there was no response.</param>
/// <param name="Body">Of the last response.</param>
/// <param name="RetryAfter">How long the service requested to wait, at most 300 s; null when it did not.</param>
internal readonly record struct CustomerIoReply(
    FeedbackOutcome Outcome,
    string Code,
    int Status,
    ReadOnlyMemory<byte> Body,
    TimeSpan? RetryAfter
);

/// <summary>
/// Makes a call with its retries (contracts/customerio.md 4.4): 10 s for each attempt, three retries after a network failure or a status
/// that means "not now", with growing waits, within 30 s. A longer Retry-After ends the call: the caller has the durable message and
/// waits better. Every retry names how many there were before (<c>X-Retry-Count</c>).
/// </summary>
internal sealed class CustomerIoCalls
{
    public const string Done = "done";

    /// <summary>The code of a call that is not repeated, because what it sends is not to be sent any more as it is.</summary>
    public const string Outdated = "outdated";

    private readonly ResiliencePipeline<CustomerIoReply> _pipeline;
    private readonly CustomerIoSettings _settings;
    private readonly TimeProvider _clock;
    private readonly Random _random;

    public CustomerIoCalls(CustomerIoSettings settings, TimeProvider clock, Random random)
    {
        (_settings, _clock, _random) = (settings, clock, random);
        _pipeline = new ResiliencePipelineBuilder<CustomerIoReply> { TimeProvider = clock }
            .AddTimeout(new TimeoutStrategyOptions { Timeout = CustomerIoLimits.CallBudget })
            .AddRetry(
                new RetryStrategyOptions<CustomerIoReply>
                {
                    MaxRetryAttempts = CustomerIoLimits.Retries,
                    ShouldHandle = static args => ValueTask.FromResult(IsRetried(args.Outcome.Result)),
                    DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(Wait(args.AttemptNumber, args.Outcome.Result.RetryAfter)),
                }
            )
            .Build();
    }

    /// <summary>The credentials of every call, as Basic authentication takes them.</summary>
    public static AuthenticationHeaderValue Authorization(CustomerIoSettings settings) =>
        new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{settings.SiteId.Reveal()}:{settings.ApiKey.Reveal()}")));

    /// <param name="send">One attempt; receives the value of <c>X-Retry-Count</c>.</param>
    /// <param name="rate">Spaces the attempts.</param>
    /// <param name="mayRepeat">Asked before each retry: whether what was sent may still be sent. Null for always.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="OperationCanceledException">The caller's token was canceled, and only then.</exception>
    public async ValueTask<CustomerIoReply> MakeAsync(
        Func<string?, CancellationToken, Task<HttpResponseMessage>> send,
        EvenRate rate,
        Func<CancellationToken, Task<bool>>? mayRepeat,
        CancellationToken cancellationToken
    )
    {
        var attempts = 0;
        try
        {
            return await _pipeline.ExecuteAsync(
                async token =>
                {
                    await rate.WaitAsync(token);
                    var before = attempts++;
                    if (before > 0 && mayRepeat is not null && !await mayRepeat(token))
                    {
                        return new CustomerIoReply(FeedbackOutcome.Later, Outdated, 0, default, null);
                    }

                    var count = before == 0 ? null : before.ToString(CultureInfo.InvariantCulture);
                    return await AttemptAsync(send, count, token);
                },
                cancellationToken
            );
        }
        catch (TimeoutRejectedException)
        {
            return new CustomerIoReply(FeedbackOutcome.Later, CallPipeline.TimeoutCode, 0, default, null);
        }
    }

    private async ValueTask<CustomerIoReply> AttemptAsync(
        Func<string?, CancellationToken, Task<HttpResponseMessage>> send,
        string? retries,
        CancellationToken cancellationToken
    )
    {
        using var timeout = new CancellationTokenSource(_settings.CallTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var answer = await PlatformAnswer.ReadAsync(await send(retries, either.Token), either.Token);
            return Read(answer);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // A handler may report a canceled call as a broken connection.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            var code = timeout.IsCancellationRequested ? CallPipeline.TimeoutCode : CallPipeline.NetworkCode;
            return new CustomerIoReply(FeedbackOutcome.Later, code, 0, default, null);
        }
    }

    private CustomerIoReply Read(PlatformAnswer answer)
    {
        var outcome = CustomerIoErrors.Of(answer.Status);
        if (outcome == FeedbackOutcome.Accepted && answer.TooLarge)
        {
            return new CustomerIoReply(FeedbackOutcome.Later, "answer_too_large", answer.Status, default, null);
        }

        var wait = outcome == FeedbackOutcome.Later ? answer.RetryAfter(_clock.GetUtcNow()) : null;
        return new CustomerIoReply(
            outcome,
            outcome == FeedbackOutcome.Accepted ? Done : CustomerIoErrors.CodeOf(answer.Status),
            answer.Status,
            answer.Body,
            wait > CustomerIoLimits.LongestRetryAfter ? CustomerIoLimits.LongestRetryAfter : wait
        );
    }

    private static bool IsRetried(CustomerIoReply reply) =>
        reply is { Outcome: FeedbackOutcome.Later, Code: not Outdated }
        && (reply.RetryAfter ?? TimeSpan.Zero) <= CustomerIoLimits.LongestWait;

    private TimeSpan Wait(int retry, TimeSpan? requested)
    {
        double chance;
        lock (_random)
        {
            chance = _random.NextDouble();
        }

        var grown = CustomerIoLimits.FirstWait * ((1 + chance) * Math.Pow(2, retry));
        var wait = grown < CustomerIoLimits.LongestWait ? grown : CustomerIoLimits.LongestWait;
        return requested > wait ? requested.Value : wait;
    }
}
