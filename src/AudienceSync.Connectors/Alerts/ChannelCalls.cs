using System.Net.Http.Headers;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.Alerts;

/// <summary>
/// Makes the call of a channel: once, within its time. It is not repeated here, because the caller records each attempt before it is made.
/// </summary>
internal sealed class ChannelCalls
{
    private readonly IAlertChannelApi _api;
    private readonly EvenRate _rate;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;

    /// <param name="dependencies">The network and the clock.</param>
    /// <param name="url">Where calls go.</param>
    /// <param name="timeout">The wait for one answer.</param>
    /// <param name="gap">The least time between two calls.</param>
    public ChannelCalls(DestinationDependencies dependencies, Uri url, TimeSpan timeout, TimeSpan gap)
    {
        _api = PlatformHttp.CreateApi<IAlertChannelApi>(PlatformHttp.CreateClient(dependencies.Network, url));
        _rate = new EvenRate(gap, dependencies.Clock);
        (_timeout, _clock) = (timeout, dependencies.Clock);
    }

    /// <param name="url">The URL.</param>
    /// <param name="headers">Headers of the call.</param>
    /// <param name="body">JSON.</param>
    /// <param name="read">What an answer means.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="OperationCanceledException">The caller's token was canceled, and only then.</exception>
    public async ValueTask<ChannelAnswer> PostAsync(
        Uri url,
        Dictionary<string, string> headers,
        byte[] body,
        Func<PlatformAnswer, ChannelAnswer> read,
        CancellationToken cancellationToken
    )
    {
        await _rate.WaitAsync(cancellationToken);
        using var timeout = new CancellationTokenSource(_timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            var answer = await PlatformAnswer.ReadAsync(await _api.PostAsync(url, headers, content, either.Token), either.Token);
            var meaning = read(answer);
            return meaning.Outcome == ChannelOutcome.Later ? meaning with { RetryAfter = answer.RetryAfter(_clock.GetUtcNow()) } : meaning;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // A handler may report a canceled call as a broken connection.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return new ChannelAnswer(
                ChannelOutcome.Later,
                timeout.IsCancellationRequested ? CallPipeline.TimeoutCode : CallPipeline.NetworkCode,
                0
            )
            {
                MayHaveArrived = !CallPipeline.IsBeforeConnection(failure),
            };
        }
    }
}
