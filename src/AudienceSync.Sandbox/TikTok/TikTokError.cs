namespace AudienceSync.Sandbox.TikTok;

/// <summary>A code and a message inside HTTP 200 (contract tiktok 4 and 10).</summary>
internal sealed record TikTokError(int Code, string Message)
{
    public static readonly TikTokError NoToken = new(
        40104,
        "Access token is null, you should set it in http header with key Access-Token."
    );

    public static readonly TikTokError BadToken = new(40105, "Access token is incorrect or has been revoked.");

    public static readonly TikTokError ExpiredToken = new(40102, "Access token is expired.");

    public static readonly TikTokError WrongVersion = new(40051, "The API version is not valid.");

    public static readonly TikTokError Throttled = new(40100, "Too many requests. Please retry in some time.");

    public static readonly TikTokError Suspended = new(40001, "No permission to operate the advertiser: the account is suspended.");

    public static readonly TikTokError NotEditable = new(40002, "Audience is not editable, please check audience status");

    public static readonly TikTokError Conflict = new(40202, "Data write conflict, please retry.");

    public static readonly TikTokError System = new(50000, "System error");

    /// <summary>Not a refusal: a part was applied, and the response does not state which.</summary>
    public static readonly TikTokError Partial = new(20001, "Partial success");

    public static TikTokError Parameter(string message) => new(40002, message);

    public static TikTokError Missing(string audience) => new(40007, $"Audience {audience} does not exist.");

    public static TikTokError NoPermission(string advertiser) => new(40001, $"No permission to operate advertiser {advertiser}.");

    public static TikTokError NoAdvertiser(string advertiser) => new(40300, $"Advertiser {advertiser} does not exist.");

    public static TikTokError AdvertiserThrottled(string advertiser, int limit) =>
        new(40133, $"Advertiser ({advertiser})'s QPS reaches QPS limit {limit} for current path.");
}
