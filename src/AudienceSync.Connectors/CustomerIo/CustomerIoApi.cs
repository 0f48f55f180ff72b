using Refit;

namespace AudienceSync.Connectors.CustomerIo;

/// <summary>
/// The calls of the Track API that we make (contracts/customerio.md 4 and 6.1). No status throws. There is no call that suppresses or
/// deletes a person, on purpose: either cannot be undone (6.1.3).
/// </summary>
public interface ICustomerIoApi
{
    /// <summary>Events and attributes of people, as given in the body.</summary>
    [Post("/api/v2/batch")]
    Task<HttpResponseMessage> BatchAsync(
        [Body] HttpContent body,
        [Header("X-Retry-Count")] string? retries,
        CancellationToken cancellationToken
    );

    /// <summary>The outcome of one delivery. It needs no credentials: the delivery id is one.</summary>
    [Post("/api/v1/metrics")]
    Task<HttpResponseMessage> MetricAsync(
        [Body] HttpContent body,
        [Header("X-Retry-Count")] string? retries,
        CancellationToken cancellationToken
    );

    /// <summary>Where the workspace of the credentials is.</summary>
    [Get("/api/v1/accounts/region")]
    Task<HttpResponseMessage> RegionAsync([Header("X-Retry-Count")] string? retries, CancellationToken cancellationToken);
}
