using Refit;

namespace AudienceSync.Connectors.Alerts;

/// <summary>The one call of the channels that speak HTTP (contracts/alerts.md 3.2 to 3.4). No status throws.</summary>
public interface IAlertChannelApi
{
    /// <param name="url">The URL of the channel, which may be its secret.</param>
    /// <param name="headers">The headers of this attempt.</param>
    /// <param name="body">The notice.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Post("")]
    Task<HttpResponseMessage> PostAsync(
        [Url] Uri url,
        [HeaderCollection] IDictionary<string, string> headers,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );
}
