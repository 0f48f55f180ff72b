using Refit;

namespace AudienceSync.Connectors.Webhook;

/// <summary>
/// The URL of a receiver, used as configured (docs/webhook.md), and by templates with other methods. No status throws. The headers are
/// those of the attempt: its signature, and those of the templates.
/// </summary>
public interface IWebhookApi
{
    /// <param name="url">The URL of the call.</param>
    /// <param name="headers">The headers of this attempt.</param>
    /// <param name="body">A batch or a check.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Post("")]
    Task<HttpResponseMessage> PostAsync(
        [Url] Uri url,
        [HeaderCollection] IDictionary<string, string> headers,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );

    /// <inheritdoc cref="PostAsync"/>
    [Put("")]
    Task<HttpResponseMessage> PutAsync(
        [Url] Uri url,
        [HeaderCollection] IDictionary<string, string> headers,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );

    /// <inheritdoc cref="PostAsync"/>
    [Patch("")]
    Task<HttpResponseMessage> PatchAsync(
        [Url] Uri url,
        [HeaderCollection] IDictionary<string, string> headers,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );

    /// <inheritdoc cref="PostAsync"/>
    [Delete("")]
    Task<HttpResponseMessage> DeleteAsync(
        [Url] Uri url,
        [HeaderCollection] IDictionary<string, string> headers,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );

    /// <summary>A check without a body.</summary>
    /// <param name="url">The URL of the call.</param>
    /// <param name="headers">The headers of this attempt.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Get("")]
    Task<HttpResponseMessage> GetAsync(
        [Url] Uri url,
        [HeaderCollection] IDictionary<string, string> headers,
        CancellationToken cancellationToken
    );
}
