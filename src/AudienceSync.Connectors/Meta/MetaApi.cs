using RestEase;

namespace AudienceSync.Connectors.Meta;

/// <summary>Meta's users edge (contracts/meta.md 6). Every status is an answer: the error envelope decides, not the status (4).</summary>
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
}
