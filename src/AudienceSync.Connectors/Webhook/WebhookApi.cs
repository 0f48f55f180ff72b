using RestEase;

namespace AudienceSync.Connectors.Webhook;

/// <summary>The one address of a receiver, taken as it is configured (docs/webhook.md). Every status is an answer.</summary>
[AllowAnyStatusCode]
public interface IWebhookApi
{
    /// <param name="timestamp">Unix seconds of this attempt; part of what is signed.</param>
    /// <param name="signature"><c>v1=</c> and the signature of this attempt.</param>
    /// <param name="body">A batch or a question.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Post("")]
    Task<HttpResponseMessage> SendAsync(
        [Header(WebhookSignature.TimestampHeader)] string timestamp,
        [Header(WebhookSignature.Header)] string signature,
        [Body] HttpContent body,
        CancellationToken cancellationToken);
}
