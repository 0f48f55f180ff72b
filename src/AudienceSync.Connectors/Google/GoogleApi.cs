using RestEase;

namespace AudienceSync.Connectors.Google;

/// <summary>
/// The Data Manager API (contracts/google.md 6.1). No status throws; the token is a header, because a URL ends up in logs.
/// </summary>
[AllowAnyStatusCode]
public interface IGoogleApi
{
    /// <summary>The version in every path.</summary>
    [Path("version")]
    string Version { get; set; }

    /// <summary>The advertiser account whose lists are managed.</summary>
    [Path("account")]
    string Account { get; set; }

    /// <param name="method"><c>ingest</c>, <c>remove</c> or <c>removeAll</c>.</param>
    /// <param name="authorization"><c>Bearer</c> and the access token.</param>
    /// <param name="body">6.2.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Post("{version}/audienceMembers:{method}")]
    Task<HttpResponseMessage> MembersAsync(
        [Path] string method, [Header("Authorization")] string authorization, [Body] HttpContent body, CancellationToken cancellationToken);

    [Get("{version}/requestStatus:retrieve")]
    Task<HttpResponseMessage> StatusAsync([Header("Authorization")] string authorization, [Query] string requestId, CancellationToken cancellationToken);

    /// <param name="authorization">As above.</param>
    /// <param name="loginAccount">The resource name of the manager account, for list methods only (2.3); null for direct access.</param>
    /// <param name="validateOnly">Checks without effect; a query parameter here (6.3).</param>
    /// <param name="body">The list.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    [Post("{version}/accountTypes/GOOGLE_ADS/accounts/{account}/userLists")]
    Task<HttpResponseMessage> CreateListAsync(
        [Header("Authorization")] string authorization,
        [Header("login-account")] string? loginAccount,
        [Query] bool? validateOnly,
        [Body] HttpContent body,
        CancellationToken cancellationToken);

    [Get("{version}/accountTypes/GOOGLE_ADS/accounts/{account}/userLists")]
    Task<HttpResponseMessage> ListsAsync(
        [Header("Authorization")] string authorization,
        [Header("login-account")] string? loginAccount,
        [Query] string? filter,
        [Query] int pageSize,
        [Query] string? pageToken,
        CancellationToken cancellationToken);

    [Get("{version}/accountTypes/GOOGLE_ADS/accounts/{account}/userLists/{list}")]
    Task<HttpResponseMessage> ListAsync(
        [Header("Authorization")] string authorization, [Header("login-account")] string? loginAccount, [Path] string list, CancellationToken cancellationToken);

    [Delete("{version}/accountTypes/GOOGLE_ADS/accounts/{account}/userLists/{list}")]
    Task<HttpResponseMessage> DeleteListAsync(
        [Header("Authorization")] string authorization, [Header("login-account")] string? loginAccount, [Path] string list, CancellationToken cancellationToken);
}
