using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Meta;

/// <summary>Routes of the imitated Graph API. Any version is served, as the real one serves an expired version by a newer (contract 2).</summary>
internal static class MetaApi
{
    private const string Version = "/{version:regex(^v\\d+\\.\\d+$)}";

    public static void Map(WebApplication app, MetaPlatform platform, FaultPlan faults, CallLog calls, TimeProvider clock)
    {
        var users = new UsersEdge(platform, faults, calls, clock);
        var reads = new AudienceReads(platform, calls, clock);
        app.MapMethods(Version + "/{audience}/users", ["POST", "DELETE"], users.HandleAsync);
        app.MapGet(Version + "/{account}/customaudiences", reads.ListAsync);
        app.MapGet(Version + "/{audience}", reads.OneAsync);
        app.Map(Version + "/{**rest}", context => new MetaCall(context, platform, calls, clock.GetUtcNow(), null, "unknown")
            .RefuseAsync(GraphError.Invalid("Unsupported path or method: this sandbox does not imitate it.")));
    }
}
