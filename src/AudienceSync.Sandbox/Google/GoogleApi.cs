using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Google;

/// <summary>Routes of the simulated token service and Data Manager API, contract google 2.1 and 6.1.</summary>
internal static class GoogleApi
{
    private const string Lists = "/v1/accountTypes/{type}/accounts/{account}/userLists";

    public static IPlatform Open(WebApplication app, PlatformParts parts)
    {
        var platform = new GooglePlatform(parts.Lists, parts.Calls, parts.Clock);
        Map(app, platform, parts.Faults, parts.Calls, parts.Clock);
        return platform;
    }

    private static void Map(WebApplication app, GooglePlatform platform, FaultPlan faults, CallLog calls, TimeProvider clock)
    {
        var tokens = new TokenEndpoint(platform, faults, calls, clock);
        var members = new AudienceMembers(platform, faults, calls, clock);
        var status = new RequestStatus(platform, faults, calls, clock);
        var lists = new UserLists(platform, faults, calls, clock);

        // One service with three paths.
        foreach (var path in (string[])["/token", "/o/oauth2/token", "/oauth2/v4/token"])
        {
            app.MapPost(path, tokens.HandleAsync);
        }

        app.MapPost("/v1/audienceMembers:ingest", members.IngestAsync);
        app.MapPost("/v1/audienceMembers:remove", members.RemoveAsync);
        app.MapPost("/v1/audienceMembers:removeAll", members.RemoveAllAsync);
        app.MapGet("/v1/requestStatus:retrieve", status.HandleAsync);
        app.MapPost(Lists, lists.CreateAsync);
        app.MapGet(Lists, lists.ListAsync);
        app.MapGet(Lists + "/{list}", lists.GetAsync);
        app.MapDelete(Lists + "/{list}", lists.DeleteAsync);
        app.Map(
            "/v1/{**rest}",
            context =>
                new GoogleCall(context, platform, calls, clock.GetUtcNow()) { Operation = "unknown" }.RefuseAsync(GoogleError.NotFound)
        );
    }
}
