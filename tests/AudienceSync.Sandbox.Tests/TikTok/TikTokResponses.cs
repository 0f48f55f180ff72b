namespace AudienceSync.Sandbox.Tests.TikTok;

internal static class TikTokResponses
{
    /// <summary>The code of the envelope, which is always returned in HTTP 200.</summary>
    public static int ApiCode(this Response response)
    {
        response.Status.ShouldBe(200, response.Text);
        return response.Json.GetProperty("code").GetInt32();
    }
}
