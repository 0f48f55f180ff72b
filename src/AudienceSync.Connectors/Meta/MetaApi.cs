using Refit;

namespace AudienceSync.Connectors.Meta;

/// <summary>
/// Meta's audiences and their members (contracts/meta.md 5, 6 and 8). No status throws: the error envelope decides, not the status (4).
/// </summary>
public interface IMetaApi
{
    [Post("/{audience}/users")]
    Task<HttpResponseMessage> AddAsync(
        string audience,
        [AliasAs("appsecret_proof")] string? proof,
        [AliasAs("appsecret_time")] string? proofTime,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );

    /// <summary>A DELETE with a body (2).</summary>
    [Delete("/{audience}/users")]
    Task<HttpResponseMessage> RemoveAsync(
        string audience,
        [AliasAs("appsecret_proof")] string? proof,
        [AliasAs("appsecret_time")] string? proofTime,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );

    /// <summary>One batch of a replacement of all members (8).</summary>
    [Post("/{audience}/usersreplace")]
    Task<HttpResponseMessage> ReplaceAsync(
        string audience,
        [AliasAs("appsecret_proof")] string? proof,
        [AliasAs("appsecret_time")] string? proofTime,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );

    /// <summary>Removes people from every customer list of the account (8.2); a DELETE with a body.</summary>
    [Delete("/act_{account}/usersofanyaudience")]
    Task<HttpResponseMessage> EraseAsync(
        string account,
        [AliasAs("appsecret_proof")] string? proof,
        [AliasAs("appsecret_time")] string? proofTime,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );

    [Post("/act_{account}/customaudiences")]
    Task<HttpResponseMessage> CreateAudienceAsync(
        string account,
        [AliasAs("appsecret_proof")] string? proof,
        [AliasAs("appsecret_time")] string? proofTime,
        [Body] HttpContent body,
        CancellationToken cancellationToken
    );

    /// <summary>A page of the account's audiences (5.2).</summary>
    [Get("/act_{account}/customaudiences")]
    Task<HttpResponseMessage> AudiencesAsync(
        string account,
        [AliasAs("appsecret_proof")] string? proof,
        [AliasAs("appsecret_time")] string? proofTime,
        string fields,
        int limit,
        string? after,
        CancellationToken cancellationToken
    );

    /// <summary>Fields of an audience or of the account, by its id (5.3, 11).</summary>
    [Get("/{id}")]
    Task<HttpResponseMessage> ReadAsync(
        string id,
        [AliasAs("appsecret_proof")] string? proof,
        [AliasAs("appsecret_time")] string? proofTime,
        string fields,
        CancellationToken cancellationToken
    );

    [Delete("/{audience}")]
    Task<HttpResponseMessage> DeleteAudienceAsync(
        string audience,
        [AliasAs("appsecret_proof")] string? proof,
        [AliasAs("appsecret_time")] string? proofTime,
        CancellationToken cancellationToken
    );
}
