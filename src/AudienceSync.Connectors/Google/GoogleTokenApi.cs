using Refit;

namespace AudienceSync.Connectors.Google;

/// <summary>Google's token service (contracts/google.md 2.1). No status throws.</summary>
public interface IGoogleTokenApi
{
    /// <param name="url">The token service of the grant; a service account's key file names its own.</param>
    /// <param name="form">The fields of the grant, form-encoded.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Post("")]
    Task<HttpResponseMessage> TokenAsync([Url] Uri url, [Body] HttpContent form, CancellationToken cancellationToken);
}
