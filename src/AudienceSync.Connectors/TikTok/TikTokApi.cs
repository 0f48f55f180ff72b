using RestEase;

namespace AudienceSync.Connectors.TikTok;

/// <summary>
/// TikTok's audience endpoints (contracts/tiktok.md 5 and 6). The slash at the end is part of each path (2). No status throws: the code in
/// the body decides (4).
/// </summary>
[AllowAnyStatusCode]
public interface ITikTokApi
{
    /// <summary>Not <c>Authorization</c> (3); a header, because a URL ends up in logs.</summary>
    [Header("Access-Token")]
    string Token { get; set; }

    /// <summary>The version in every path.</summary>
    [Path("version")]
    string Version { get; set; }

    /// <summary>Adds or removes members, as given in the body (5.2).</summary>
    [Post("{version}/segment/mapping/")]
    Task<HttpResponseMessage> MapAsync([Body] HttpContent body, CancellationToken cancellationToken);

    /// <summary>Creates or deletes an audience, as given in the body (5.1).</summary>
    [Post("{version}/segment/audience/")]
    Task<HttpResponseMessage> AudienceAsync([Body] HttpContent body, CancellationToken cancellationToken);

    [Get("{version}/dmp/custom_audience/list/")]
    Task<HttpResponseMessage> ListAsync(
        [Query("advertiser_id")] string advertiser, [Query("page")] int page, [Query("page_size")] int pageSize, CancellationToken cancellationToken);

    /// <param name="advertiser">Digits.</param>
    /// <param name="audiences">A JSON array as text (6.2).</param>
    /// <param name="historySize">Entries of the audience's history; the minimum is 1.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Get("{version}/dmp/custom_audience/get/")]
    Task<HttpResponseMessage> GetAsync(
        [Query("advertiser_id")] string advertiser,
        [Query("custom_audience_ids")] string audiences,
        [Query("history_size")] int historySize,
        CancellationToken cancellationToken);

    /// <summary>Code 0 when the token is good (3).</summary>
    [Get("{version}/user/info/")]
    Task<HttpResponseMessage> UserAsync(CancellationToken cancellationToken);
}
