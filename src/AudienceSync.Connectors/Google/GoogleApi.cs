using Refit;

namespace AudienceSync.Connectors.Google;

/// <summary>
/// The Data Manager API (contracts/google.md 6.1). No status throws; the token is a header, because a URL ends up in logs.
/// </summary>
public interface IGoogleApi
{
    /// <param name="method"><c>ingest</c>, <c>remove</c> or <c>removeAll</c>.</param>
    /// <param name="authorization"><c>Bearer</c> and the access token.</param>
    /// <param name="body">6.2.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Post("/audienceMembers:{method}")]
    Task<HttpResponseMessage> MembersAsync(
        string method,
        [Header("Authorization")] string authorization,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );

    [Get("/requestStatus:retrieve")]
    Task<HttpResponseMessage> StatusAsync(
        [Header("Authorization")] string authorization,
        string requestId,
        CancellationToken cancellationToken
    );

    /// <param name="account">The advertiser account whose lists are managed.</param>
    /// <param name="authorization">As above.</param>
    /// <param name="loginAccount">The resource name of the manager account, for list methods only (2.3); null for direct access.</param>
    /// <param name="validateOnly">Checks without effect; a query parameter here (6.3).</param>
    /// <param name="body">The list.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Post("/accountTypes/GOOGLE_ADS/accounts/{account}/userLists")]
    Task<HttpResponseMessage> CreateListAsync(
        string account,
        [Header("Authorization")] string authorization,
        [Header("login-account")] string? loginAccount,
        bool? validateOnly,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );

    /// <param name="account">As above.</param>
    /// <param name="authorization">As above.</param>
    /// <param name="loginAccount">As above.</param>
    /// <param name="filter">Encoded by <see cref="Http.QueryText"/>.</param>
    /// <param name="pageSize">Lists in a page.</param>
    /// <param name="pageToken">Of the page before, encoded likewise; null for the first.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Get("/accountTypes/GOOGLE_ADS/accounts/{account}/userLists")]
    Task<HttpResponseMessage> ListsAsync(
        string account,
        [Header("Authorization")] string authorization,
        [Header("login-account")] string? loginAccount,
        [Encoded] string? filter,
        int pageSize,
        [Encoded] string? pageToken,
        CancellationToken cancellationToken
    );

    [Get("/accountTypes/GOOGLE_ADS/accounts/{account}/userLists/{list}")]
    Task<HttpResponseMessage> ListAsync(
        string account,
        string list,
        [Header("Authorization")] string authorization,
        [Header("login-account")] string? loginAccount,
        CancellationToken cancellationToken
    );

    [Delete("/accountTypes/GOOGLE_ADS/accounts/{account}/userLists/{list}")]
    Task<HttpResponseMessage> DeleteListAsync(
        string account,
        string list,
        [Header("Authorization")] string authorization,
        [Header("login-account")] string? loginAccount,
        CancellationToken cancellationToken
    );
}
