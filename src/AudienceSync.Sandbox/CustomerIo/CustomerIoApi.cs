using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>
/// Paths of the simulated Track API, below <c>/customerio</c> for the host in the US and <c>/customerio-eu</c> for the one in the EU.
/// </summary>
internal sealed class CustomerIoApi(CustomerIoPlatform platform, PlatformParts parts)
{
    private const string UsPath = "/customerio";
    private const string EuPath = "/customerio-eu";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TrackEndpoints endpoints = new(parts.Clock, new CustomerIoFaults(parts.Faults, parts.Clock));

    public static IPlatform Open(WebApplication app, PlatformParts parts)
    {
        var platform = new CustomerIoPlatform(parts.Clock);
        var api = new CustomerIoApi(platform, parts);
        foreach (var (path, region) in new[] { (UsPath, CustomerIoSettings.Us), (EuPath, CustomerIoSettings.Eu) })
        {
            api.Map(app.MapGroup(path), region);
        }

        return platform;
    }

    private void Map(RouteGroupBuilder host, string region)
    {
        const string Person = "/api/v1/customers/{identifier}";
        host.MapPost("/api/v2/batch", Guard("batch", region, endpoints.BatchAsync));
        host.MapPost("/api/v2/entity", Guard("entity", region, endpoints.EntityAsync));
        host.MapPut(Person, Guard("identify", region, (call, account) => endpoints.V1Async(call, account, TrackAction.Identify)));
        host.MapPost(Person + "/events", Guard("event", region, (call, account) => endpoints.V1Async(call, account, TrackAction.Event)));
        host.MapPost(
            Person + "/suppress",
            Guard("suppress", region, (call, account) => endpoints.BlockAsync(call, account, suppress: true))
        );
        host.MapPost(
            Person + "/unsuppress",
            Guard("unsuppress", region, (call, account) => endpoints.BlockAsync(call, account, suppress: false))
        );
        host.MapPost("/api/v1/metrics", context => endpoints.MetricsAsync(Call(context, "metrics"), platform.Metrics));
        host.MapGet("/api/v1/accounts/region", context => RegionAsync(Call(context, "region")));
        host.Map("/{**rest}", context => Call(context, "unknown").TextAsync(StatusCodes.Status404NotFound, "404 page not found"));
    }

    private CustomerIoCall Call(HttpContext context, string operation) =>
        new(context, parts.Calls, parts.Clock.GetUtcNow()) { Operation = operation };

    /// <summary>Credentials, region and budget before the call itself.</summary>
    private RequestDelegate Guard(string operation, string region, Func<CustomerIoCall, CustomerIoAccount, Task> handle) =>
        async context =>
        {
            var call = Call(context, operation);
            if (Credentials.Find(platform, context.Request.Headers) is not { } account || !IsServed(account, region))
            {
                await call.RefuseCredentialsAsync();
                return;
            }

            var budget = platform
                .CallBudgets.Of(account.SiteId, "requests")
                .Take([new WindowLimit("second", Second, account.Options.RequestsPerSecond)]);
            call.Violation = budget.Violation;
            if (budget.Refusing is not null && account.Options.DropOverLimit)
            {
                account.People.Ignore(PersonRegistry.OverLimit, 1);
                await call.RespondAsync();
                return;
            }

            await handle(call, account);
        };

    // The US host passes calls for a workspace in the EU on; the EU host does not know workspaces in the US (contract 4.1).
    private static bool IsServed(CustomerIoAccount account, string region) =>
        region == CustomerIoSettings.Us || account.Options.Region == CustomerIoSettings.Eu;

    // Answers on either host (contract 6.1.7).
    private async Task RegionAsync(CustomerIoCall call)
    {
        if (Credentials.Find(platform, call.Context.Request.Headers) is not { Options: var options })
        {
            await call.RefuseCredentialsAsync();
            return;
        }

        await call.RespondAsync(
            new
            {
                url = options.Region == CustomerIoSettings.Us ? "https://track.customer.io" : "https://track-eu.customer.io",
                region = options.Region,
                environment_id = options.EnvironmentId,
            }
        );
    }
}
