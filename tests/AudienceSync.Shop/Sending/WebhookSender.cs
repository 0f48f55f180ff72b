using System.Net.Http.Headers;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Sending;

/// <summary>
/// Delivers one webhook until it has an answer: retries on connection errors, timeouts, 408, 429 and 5xx, never on another 4xx.
/// </summary>
internal sealed class WebhookSender(HttpMessageInvoker http, RequestWriter writer, RetryRules rules, TimeProvider time)
{
    public async Task<DeliveryResult> SendAsync(Delivery delivery, CancellationToken cancel)
    {
        var began = time.GetUtcNow();
        Attempt attempt = new(0, string.Empty, null);
        for (var tries = 1; tries <= rules.MaxAttempts; tries++)
        {
            attempt = await TryOnceAsync(delivery, tries, cancel);
            if (attempt.Status != 0 && !RetryRules.IsRetryable(attempt.Status))
            {
                return new DeliveryResult(
                    AnswerReader.Read(delivery, attempt.Status, attempt.Body),
                    tries,
                    new ReceiptSpan(began, time.GetUtcNow())
                );
            }

            if (tries < rules.MaxAttempts)
            {
                await Task.Delay(rules.Wait(tries, attempt.RetryAfter, time.GetUtcNow()), time, cancel);
            }
        }

        var unknown = new Answer(AnswerResult.Unknown, attempt.Status, null, attempt.Status == 0 ? "no_answer" : null);
        return new DeliveryResult(AnswerReader.Same(delivery, unknown), rules.MaxAttempts, new ReceiptSpan(began, time.GetUtcNow()));
    }

    private async Task<Attempt> TryOnceAsync(Delivery delivery, int tries, CancellationToken cancel)
    {
        var limit = tries == 1 && delivery.FirstTimeoutMs > 0 ? TimeSpan.FromMilliseconds(delivery.FirstTimeoutMs) : rules.AnswerTimeout;
        using var timeout = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            using var request = writer.Write(delivery);
            using var response = await http.SendAsync(request, both.Token);
            var body = await response.Content.ReadAsStringAsync(both.Token);
            return new Attempt((int)response.StatusCode, body, response.Headers.RetryAfter);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return new Attempt(0, string.Empty, null);
        }
    }

    /// <param name="Status">0 when there was no answer.</param>
    private sealed record Attempt(int Status, string Body, RetryConditionHeaderValue? RetryAfter);
}
