using Refit;

namespace AudienceSync.Connectors.TikTok;

/// <summary>
/// TikTok's audience endpoints (contracts/tiktok.md 5 and 6). The slash at the end is part of each path (2). No status throws: the code in
/// the body decides (4).
/// </summary>
public interface ITikTokApi
{
    /// <summary>Adds or removes members, as given in the body (5.2).</summary>
    [Post("/segment/mapping/")]
    Task<HttpResponseMessage> MapAsync([Body] HttpContent body, CancellationToken cancellationToken);

    /// <summary>Creates or deletes an audience, as given in the body (5.1).</summary>
    [Post("/segment/audience/")]
    Task<HttpResponseMessage> AudienceAsync([Body] HttpContent body, CancellationToken cancellationToken);

    [Get("/dmp/custom_audience/list/")]
    Task<HttpResponseMessage> ListAsync(
        [AliasAs("advertiser_id")] string advertiser,
        int page,
        [AliasAs("page_size")] int pageSize,
        CancellationToken cancellationToken
    );

    /// <param name="advertiser">Digits.</param>
    /// <param name="audiences">A JSON array as text (6.2).</param>
    /// <param name="historySize">Entries of the audience's history; the minimum is 1.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Get("/dmp/custom_audience/get/")]
    Task<HttpResponseMessage> GetAsync(
        [AliasAs("advertiser_id")] string advertiser,
        [AliasAs("custom_audience_ids")] string audiences,
        [AliasAs("history_size")] int historySize,
        CancellationToken cancellationToken
    );

    /// <summary>Code 0 when the token is good (3).</summary>
    [Get("/user/info/")]
    Task<HttpResponseMessage> UserAsync(CancellationToken cancellationToken);
}
