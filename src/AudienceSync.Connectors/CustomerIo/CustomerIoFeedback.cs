using System.Net.Http.Headers;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.CustomerIo;

/// <summary>The result of sending items.</summary>
/// <param name="Outcome">What it means.</param>
/// <param name="Code">Stable; <c>done</c> when accepted.</param>
/// <param name="Status">HTTP status; 0 when there was no response.</param>
/// <param name="Rejected">The items that were not taken, some of which may pass when they are sent again. When a batch is refused as a
/// whole, none is named: all of them.</param>
/// <param name="RetryAfter">How long the service requested to wait; null when it did not.</param>
public sealed record FeedbackReply(
    FeedbackOutcome Outcome,
    string Code,
    int Status,
    IReadOnlyList<RejectedItem> Rejected,
    TimeSpan? RetryAfter
);

/// <summary>
/// Feedback to one Customer.io workspace through its Track API. It sends events, attributes and the outcomes of steps, and nothing that
/// deletes or suppresses a person. <b>What it sends may be sent again</b>: an event has an id under which the service keeps one, an
/// attribute has
/// a time, and the outcome of a step is the same each time.
/// </summary>
public sealed class CustomerIoFeedback
{
    private readonly CustomerIoCalls _calls;
    private readonly EvenRate _rate;
    private readonly EvenRate _stepRate;
    private readonly ICustomerIoApi _api;

    public CustomerIoFeedback(CustomerIoSettings settings, DestinationDependencies dependencies)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(dependencies);
        Settings = settings;
        var client = PlatformHttp.CreateClient(dependencies.Network, settings.BaseUrl);
        client.DefaultRequestHeaders.Authorization = CustomerIoCalls.Authorization(settings);
        _api = PlatformHttp.CreateApi<ICustomerIoApi>(client);
        _calls = new CustomerIoCalls(settings, dependencies.Clock, dependencies.Random);
        _rate = EvenRate.PerSecond(settings.RequestsPerSecond, dependencies.Clock);
        _stepRate = EvenRate.PerSecond(CustomerIoLimits.StepMetricsPerSecond, dependencies.Clock);
    }

    /// <summary>How it is configured.</summary>
    public CustomerIoSettings Settings { get; }

    /// <summary>Sends one batch; it is halved where the service finds it too large.</summary>
    /// <param name="items">At most a batch: see <see cref="CustomerIoPayload.Batches"/>.</param>
    /// <param name="mayRepeat">Asked before each retry: whether all of it may still be sent. Null for always.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<FeedbackReply> SendAsync(
        IReadOnlyList<byte[]> items,
        Func<CancellationToken, Task<bool>>? mayRepeat,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(items);
        var body = CustomerIoPayload.Batch(items);
        var reply = await _calls.MakeAsync(
            async (retries, token) =>
            {
                using var content = Json(body);
                return await _api.BatchAsync(content, retries, token);
            },
            _rate,
            mayRepeat,
            cancellationToken
        );
        return reply.Outcome switch
        {
            FeedbackOutcome.Accepted when reply.Status == 207 => Partly(reply, items.Count),
            FeedbackOutcome.Split when items.Count > 1 => await HalvesAsync(items, mayRepeat, cancellationToken),
            FeedbackOutcome.Split => Refused(reply, items.Count, CustomerIoPayload.TooLarge),
            FeedbackOutcome.Refused => Refused(reply, items.Count, CustomerIoAnswer.FirstCode(reply.Body) ?? reply.Code),
            _ => new FeedbackReply(reply.Outcome, reply.Code, reply.Status, [], reply.RetryAfter),
        };
    }

    /// <summary>Reports the outcome of one step.</summary>
    /// <param name="deliveryId">The step's delivery id: a capability, so it goes nowhere else.</param>
    /// <param name="metric"><c>delivered</c>, <c>deferred</c>, <c>dropped</c> or <c>bounced</c>.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="reason">A stable code; null for none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<FeedbackReply> ReportAsync(
        string deliveryId,
        string metric,
        DateTimeOffset at,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var body = CustomerIoPayload.Metric(deliveryId, metric, at, reason);
        var reply = await _calls.MakeAsync(
            async (retries, token) =>
            {
                using var content = Json(body);
                return await _api.MetricAsync(content, retries, token);
            },
            _stepRate,
            mayRepeat: null,
            cancellationToken
        );
        return new FeedbackReply(reply.Outcome, reply.Code, reply.Status, [], reply.RetryAfter);
    }

    /// <summary>Whether the credentials are accepted and the region is theirs. Changes nothing.</summary>
    public async ValueTask<IReadOnlyList<CheckFinding>> CheckAsync(CancellationToken cancellationToken)
    {
        var reply = await _calls.MakeAsync((retries, token) => _api.RegionAsync(retries, token), _rate, mayRepeat: null, cancellationToken);
        var region = reply.Outcome == FeedbackOutcome.Accepted ? CustomerIoAnswer.Region(reply.Body) : null;
        return CustomerIoChecks.Of(reply.Outcome, reply.Code, region, Settings.Region);
    }

    private async ValueTask<FeedbackReply> HalvesAsync(
        IReadOnlyList<byte[]> items,
        Func<CancellationToken, Task<bool>>? mayRepeat,
        CancellationToken cancellationToken
    )
    {
        var half = items.Count / 2;
        var first = await SendAsync([.. items.Take(half)], mayRepeat, cancellationToken);
        if (first.Outcome is not (FeedbackOutcome.Accepted or FeedbackOutcome.Refused))
        {
            return first;
        }

        var second = await SendAsync([.. items.Skip(half)], mayRepeat, cancellationToken);
        return second.Outcome is FeedbackOutcome.Accepted or FeedbackOutcome.Refused
            ? second with
            {
                Outcome = FeedbackOutcome.Accepted,
                Rejected = [.. first.Rejected, .. second.Rejected.Select(item => item with { Index = item.Index + half })],
            }
            : second;
    }

    // A 207 that names nothing leaves unknown what was taken: the same batch again, which is harmless.
    private static FeedbackReply Partly(CustomerIoReply reply, int items) =>
        CustomerIoAnswer.Rejected(reply.Body, items) is { } rejected
            ? new FeedbackReply(FeedbackOutcome.Accepted, reply.Code, reply.Status, rejected, null)
            : new FeedbackReply(FeedbackOutcome.Later, "not_understood", reply.Status, [], null);

    private static FeedbackReply Refused(CustomerIoReply reply, int items, string code) =>
        new(
            FeedbackOutcome.Refused,
            code,
            reply.Status,
            [.. Enumerable.Range(0, items).Select(index => new RejectedItem(index, code))],
            null
        );

    private static ByteArrayContent Json(byte[] body) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
