using RestEase;

namespace AudienceSync.Connectors.Meta;

/// <summary>
/// Meta's audiences and their members (contracts/meta.md 5, 6 and 8). No status throws: the error envelope decides, not the status (4).
/// </summary>
[AllowAnyStatusCode]
public interface IMetaApi
{
    /// <summary><c>Bearer</c> and the token; a header, because a URL ends up in logs.</summary>
    [Header("Authorization")]
    string Authorization { get; set; }

    /// <summary>The version in every path.</summary>
    [Path("version")]
    string Version { get; set; }

    [Post("{version}/{audience}/users")]
    Task<HttpResponseMessage> AddAsync(
        [Path] string audience,
        [Query("appsecret_proof")] string? proof,
        [Query("appsecret_time")] string? proofTime,
        [Body] HttpContent body,
        CancellationToken cancellationToken);

    /// <summary>A DELETE with a body (2).</summary>
    [Delete("{version}/{audience}/users")]
    Task<HttpResponseMessage> RemoveAsync(
        [Path] string audience,
        [Query("appsecret_proof")] string? proof,
        [Query("appsecret_time")] string? proofTime,
        [Body] HttpContent body,
        CancellationToken cancellationToken);

    /// <summary>One batch of a replacement of all members (8).</summary>
    [Post("{version}/{audience}/usersreplace")]
    Task<HttpResponseMessage> ReplaceAsync(
        [Path] string audience,
        [Query("appsecret_proof")] string? proof,
        [Query("appsecret_time")] string? proofTime,
        [Body] HttpContent body,
        CancellationToken cancellationToken);

    /// <summary>Removes people from every customer list of the account (8.2); a DELETE with a body.</summary>
    [Delete("{version}/act_{account}/usersofanyaudience")]
    Task<HttpResponseMessage> EraseAsync(
        [Path] string account,
        [Query("appsecret_proof")] string? proof,
        [Query("appsecret_time")] string? proofTime,
        [Body] HttpContent body,
        CancellationToken cancellationToken);

    [Post("{version}/act_{account}/customaudiences")]
    Task<HttpResponseMessage> CreateAudienceAsync(
        [Path] string account,
        [Query("appsecret_proof")] string? proof,
        [Query("appsecret_time")] string? proofTime,
        [Body] HttpContent body,
        CancellationToken cancellationToken);

    /// <summary>A page of the account's audiences (5.2).</summary>
    [Get("{version}/act_{account}/customaudiences")]
    Task<HttpResponseMessage> AudiencesAsync(
        [Path] string account,
        [Query("appsecret_proof")] string? proof,
        [Query("appsecret_time")] string? proofTime,
        [Query] string fields,
        [Query] int limit,
        [Query] string? after,
        CancellationToken cancellationToken);

    /// <summary>Fields of an audience or of the account, by its id (5.3, 11).</summary>
    [Get("{version}/{id}")]
    Task<HttpResponseMessage> ReadAsync(
        [Path] string id,
        [Query("appsecret_proof")] string? proof,
        [Query("appsecret_time")] string? proofTime,
        [Query] string fields,
        CancellationToken cancellationToken);

    [Delete("{version}/{audience}")]
    Task<HttpResponseMessage> DeleteAudienceAsync(
        [Path] string audience,
        [Query("appsecret_proof")] string? proof,
        [Query("appsecret_time")] string? proofTime,
        CancellationToken cancellationToken);
}
