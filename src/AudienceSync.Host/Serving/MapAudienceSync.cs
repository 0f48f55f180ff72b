using System.Diagnostics;
using AudienceSync.Host.Access;
using AudienceSync.Host.Alerts;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.Doctor;
using AudienceSync.Host.Exposures;
using AudienceSync.Host.Feedback;
using AudienceSync.Host.History;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Ingest.Reporting;
using AudienceSync.Host.Messages;
using AudienceSync.Host.Outcomes;
using AudienceSync.Host.People;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Resends;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Telemetry;
using AudienceSync.Host.Workspaces;
using AudienceSync.Host.Workspaces.Status;
using OpenTelemetry.Metrics;

namespace AudienceSync.Host.Serving;

/// <summary>Maps the endpoints of what <see cref="AddAudienceSyncExtensions.AddAudienceSync"/> registered.</summary>
public static class MapAudienceSyncExtensions
{
    public static WebApplication MapAudienceSync(this WebApplication app)
    {
        var services = app.Services;
        var webhooks = services.GetRequiredService<WebhookEndpoint>();
        var counters = services.GetRequiredService<IngestCounters>();
        var clock = services.GetRequiredService<ServerDependencies>().Clock;
        var server = services.GetRequiredService<HostServer>();
        app.Use(UnreadBodies.AnnounceAsync);
        app.UseExceptionHandler();
        app.Use(
            (context, next) =>
                WebhookEndpoint.Takes(context.Request.Method) && context.Request.Path == WebhookEndpoint.Path
                    ? WebhookAsync(webhooks, counters, context) // Before routing: the one hot path needs no search for its endpoint.
                    : next(context)
        );
        app.UseRequestChecks();
        MapWebhooks(app, WebhookEndpoint.Path, WebhookEndpoint.Methods, webhooks, counters, BodyContract.Webhook);
        MapWebhooks(
            app,
            BatchEndpoint.Path,
            [HttpMethods.Post],
            services.GetRequiredService<BatchEndpoint>(),
            counters,
            BodyContract.Batch
        );
        MapReporting(app, services.GetRequiredService<ReportingEndpoint>());
        app.MapPost(DecisionEndpoint.Path, services.GetRequiredService<DecisionEndpoint>().HandleAsync)
            .RequireAuthorization(AccessPolicies.Source)
            .Takes(BodyContract.Webhook);
        var group = app.MapGroup("/v1").RequireAuthorization(AccessPolicies.Operator).Takes(QueryParameter.Workspace);
        new StatusEndpoints(clock).Map(group);
        MemberEndpoints.Map(group);
        new AudienceEndpoints().Map(group);
        new QuarantineEndpoints().Map(group);
        new EventEndpoints().Map(group);
        new SourceEndpoints(clock).Map(group);
        new HistoryEndpoints(clock).Map(group);
        new DestinationEndpoints().Map(group);
        new ResendEndpoints().Map(group);
        new RunEndpoints().Map(group);
        new FeedbackEndpoints().Map(group);
        new AlertEndpoints(clock).Map(group);
        new DoctorEndpoints(clock).Map(group);
        new ExposureEndpoints().Map(group);
        new PermissionEndpoints().Map(group);
        new ErasureEndpoints(clock).Map(group);
        new LinkStopEndpoints().Map(group);
        new OutcomeEndpoints(clock).Map(group);
        new DecisionCountEndpoints(clock).Map(group);
        new MessageEndpoints(services.GetRequiredService<DeadMessages>()).Map(group);
        MapHealth(app, server);
        app.MapMetrics(services.GetRequiredService<MeterProvider>()).RequireAuthorization(AccessPolicies.Operator);
        return app;
    }

    /// <summary>
    /// Maps what the health listener serves to everyone who reaches it: <c>/health</c>, and <c>/metrics</c>, which has no secret and no
    /// personal data, but shows outsiders how much is processed. So an operator opens it, by setting the listener's address.
    /// </summary>
    internal static void MapMonitoring(this WebApplication app, HostServer server, MeterProvider meters)
    {
        app.UseExceptionHandler();
        app.UseRequestChecks();
        MapHealth(app, server);
        app.MapMetrics(meters).AllowAnonymous();
    }

    private static void UseRequestChecks(this WebApplication app)
    {
        app.UseStatusCodePages(StatusCodeResponses.WriteAsync);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<ContractCheck>();
    }

    // For everyone: it has no secret, and a load balancer has no token.
    private static void MapHealth(IEndpointRouteBuilder app, HostServer server)
    {
        app.MapGet("/health/live", () => Results.Text("live")).AllowAnonymous();
        app.MapGet("/health/ready", (CancellationToken cancellationToken) => ReadyAsync(server, cancellationToken)).AllowAnonymous();
    }

    // Ready means that the log of every workspace answers: a load balancer should send webhooks elsewhere when it does not.
    private static async Task<IResult> ReadyAsync(HostServer server, CancellationToken cancellationToken)
    {
        foreach (var workspace in server.Workspaces.Values)
        {
            if (await workspace.NotReadyAsync(cancellationToken) is { } reason)
            {
                return Results.Text(reason, statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        }

        return Results.Text("ready");
    }

    // The audience webhook comes here with another spelling of the address, or by a method that is not a webhook's.
    private static void MapWebhooks(
        WebApplication app,
        string path,
        IReadOnlyList<string> methods,
        WebhookReceiver webhooks,
        IngestCounters counters,
        BodyContract body
    )
    {
        app.MapMethods(path, methods, context => WebhookAsync(webhooks, counters, context))
            .RequireAuthorization(AccessPolicies.Source)
            .Takes(body);
        app.Map(
                path,
                context =>
                {
                    context.Response.Headers.Allow = string.Join(", ", methods);
                    return QueryProblem.MethodNotAllowed.ExecuteAsync(context);
                }
            )
            .RequireAuthorization(AccessPolicies.Source)
            .Takes(body);
    }

    // Anonymous for the framework: its sender has no token, and is authenticated by the signature of the body.
    private static void MapReporting(WebApplication app, ReportingEndpoint reporting)
    {
        app.MapPost(ReportingEndpoint.Path, reporting.HandleAsync).AllowAnonymous().Takes(BodyContract.Webhook);
        app.Map(
                ReportingEndpoint.Path,
                context =>
                {
                    context.Response.Headers.Allow = HttpMethods.Post;
                    return QueryProblem.MethodNotAllowed.ExecuteAsync(context);
                }
            )
            .AllowAnonymous()
            .Takes(BodyContract.Webhook);
    }

    private static Task WebhookAsync(WebhookReceiver webhooks, IngestCounters counters, HttpContext context)
    {
        if (context.Request.QueryString.HasValue)
        {
            // Refusing an unknown parameter here would lose a removal: its sender does not send it again.
            counters.Ignored(context.Request.Query.Count);
        }

        return Spans.Enabled ? TraceAsync(webhooks, context) : webhooks.HandleAsync(context);
    }

    private static async Task TraceAsync(WebhookReceiver webhooks, HttpContext context)
    {
        using var span = Spans.StartRoot(Spans.Webhook, ActivityKind.Server, [Activity.Current?.Context ?? default]);
        await webhooks.HandleAsync(context);
        span?.SetTag(Spans.Status, context.Response.StatusCode);
    }
}
