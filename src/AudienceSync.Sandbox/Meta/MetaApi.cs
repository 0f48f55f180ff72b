using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Meta;

/// <summary>
/// Routes of the simulated Graph API. Any version is accepted, because the real API serves an expired version with a newer one (contract
/// 2).
/// </summary>
internal static class MetaApi
{
    private const string Version = "/{version:regex(^v\\d+\\.\\d+$)}";

    public static IPlatform Open(WebApplication app, PlatformParts parts)
    {
        var platform = new MetaPlatform(parts.Lists, parts.Clock);
        Map(app, platform, parts.Faults, parts.Calls, parts.Clock);
        return platform;
    }

    private static void Map(WebApplication app, MetaPlatform platform, FaultPlan faults, CallLog calls, TimeProvider clock)
    {
        var gate = new MetaFaults(faults, clock);
        var users = new UsersEdge(platform, gate, calls, clock);
        var replace = new ReplaceEdge(platform, gate, calls, clock);
        var erasure = new ErasureEdge(platform, gate, calls, clock);
        var changes = new AudienceChanges(platform, gate, calls, clock);
        var reads = new AudienceReads(platform, calls, clock);
        app.MapMethods(Version + "/{audience}/users", ["POST", "DELETE"], users.HandleAsync);
        app.MapPost(Version + "/{audience}/usersreplace", replace.HandleAsync);
        app.MapDelete(Version + "/{account}/usersofanyaudience", erasure.HandleAsync);
        app.MapPost(Version + "/{account}/customaudiences", changes.CreateAsync);
        app.MapGet(Version + "/{account}/customaudiences", reads.ListAsync);
        app.MapDelete(Version + "/{audience}", changes.DeleteAsync);
        app.MapGet(Version + "/{audience}", reads.OneAsync);
        app.Map(
            Version + "/{**rest}",
            context =>
                new MetaCall(context, platform, calls, clock.GetUtcNow(), null) { Operation = "unknown" }.RefuseAsync(
                    GraphError.Invalid("Unsupported path or method: this sandbox does not simulate it.")
                )
        );
    }
}
