using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>
/// Paths of the simulated Business API. They are compared as text and not routed: the trailing slash is part of the path
/// (contract tiktok 2), and routing would ignore it.
/// </summary>
internal static class TikTokApi
{
    private const string Root = "/open_api/";
    private const string Version = "v1.3/";

    private sealed record Endpoint(string Method, string Operation, Func<TikTokCall, Task> HandleAsync);

    public static IPlatform Open(WebApplication app, PlatformParts parts)
    {
        var platform = new TikTokPlatform(parts.Lists, parts.Clock);
        Map(app, platform, parts.Faults, parts.Calls, parts.Clock);
        return platform;
    }

    private static void Map(WebApplication app, TikTokPlatform platform, FaultPlan faults, CallLog calls, TimeProvider clock)
    {
        var scripted = new TikTokFaults(faults, clock);
        var segments = new SegmentAudience(platform, scripted);
        var mapping = new SegmentMapping(platform, scripted, clock);
        var reads = new AudienceReads(platform);
        var endpoints = new Dictionary<string, Endpoint>(StringComparer.Ordinal)
        {
            ["segment/audience/"] = new("POST", "create", segments.HandleAsync),
            ["segment/mapping/"] = new("POST", "add", mapping.HandleAsync),
            ["dmp/custom_audience/list/"] = new("GET", "list", reads.ListAsync),
            ["dmp/custom_audience/get/"] = new("GET", "read", reads.GetAsync),
            ["dmp/custom_audience/delete/"] = new("POST", "delete", segments.DeleteManyAsync),
            ["user/info/"] = new("GET", "user", call => call.RespondAsync()),
        };
        app.Map(Root + "{**rest}", context => HandleAsync(context, platform, calls, clock, endpoints));
    }

    private static async Task HandleAsync(
        HttpContext context,
        TikTokPlatform platform,
        CallLog calls,
        TimeProvider clock,
        Dictionary<string, Endpoint> endpoints
    )
    {
        // The root itself is also routed here without its slash.
        var full = context.Request.Path.Value!;
        var path = full.Length > Root.Length ? full[Root.Length..] : "";
        var slash = path.IndexOf('/', StringComparison.Ordinal) + 1;
        var endpoint = endpoints.GetValueOrDefault(path[slash..]);
        using var opened = await SegmentBody.OpenAsync(context.Request);
        var call = new TikTokCall(context, platform, calls, clock.GetUtcNow())
        {
            Operation = endpoint is null ? "unknown" : SegmentBody.OperationOf(opened, endpoint.Operation),
        };
        if (endpoint is null || slash == 0)
        {
            await call.TextAsync(StatusCodes.Status404NotFound, "404 page not found");
        }
        else if (context.Request.Method != endpoint.Method)
        {
            await call.TextAsync(StatusCodes.Status405MethodNotAllowed, "405 method not allowed");
        }
        else if ((path[..slash] == Version ? Admission.Admit(call, platform, path[slash..]) : TikTokError.WrongVersion) is { } refused)
        {
            await call.RefuseAsync(refused);
        }
        else
        {
            context.Features.Set(opened);
            await endpoint.HandleAsync(call);
        }
    }
}
