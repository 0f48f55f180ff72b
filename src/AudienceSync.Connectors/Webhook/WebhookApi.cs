using Refit;

namespace AudienceSync.Connectors.Webhook;

/// <summary>The single URL of a receiver, used as configured (docs/webhook.md). No status throws.</summary>
public interface IWebhookApi
{
    /// <param name="url">The URL of the receiver.</param>
    /// <param name="timestamp">Unix seconds of this attempt; part of what is signed.</param>
    /// <param name="signature"><c>v1=</c> and the signature of this attempt.</param>
    /// <param name="body">A batch or a check.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Post("")]
    Task<HttpResponseMessage> SendAsync(
        [Url] Uri url,
        [Header(WebhookSignature.TimestampHeader)] string timestamp,
        [Header(WebhookSignature.Header)] string signature,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );
}
