using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using AudienceSync.Connectors;
using AudienceSync.Domain;
using AudienceSync.Host.Access;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.People;
using AudienceSync.Host.Privacy.Erasure;
using AudienceSync.Host.Query;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Metrics;

namespace AudienceSync.Host.Serving;

/// <summary>The external dependencies of a server: everything that a test controls.</summary>
/// <param name="Network">Carries calls to platforms.</param>
public sealed record ServerDependencies(TimeProvider Clock, Random Random, HttpMessageHandler Network, Func<string, string?> Environment);

/// <summary>
/// The process: schema, workspaces, HTTP. Built from settings and dependencies only, so that a test builds the same server.
/// </summary>
public sealed class HostServer : IAsyncDisposable
{
    private readonly Dictionary<string, Workspace> _workspaces = new(StringComparer.Ordinal);
    private readonly HostMetrics _metrics;
    private readonly IngestCounters _counters = new();
    private WebhookEndpoint? _webhooks;
    private BatchEndpoint? _batches;
    private MeterProvider? _meters;

    private HostServer(HostMetrics metrics) => _metrics = metrics;

    public IReadOnlyDictionary<string, Workspace> Workspaces => _workspaces;

    /// <summary>Brings the schema up to date and opens every workspace. Nothing runs yet.</summary>
    /// <exception cref="SetupException">Something a human must change.</exception>
    public static async Task<HostServer> OpenAsync(
        string connectionString, HostSettings settings, ServerDependencies dependencies, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var masterKeys = MasterKeyLoader.Load(settings);
        var loader = new ConfigLoader(settings.ConfigPath, dependencies.Environment);
        var config = loader.Load();
        var planner = new WorkspacePlanner(loader, new DestinationDependencies(dependencies.Network, dependencies.Clock, dependencies.Random));
        var plans = config.Workspaces.Select(workspace => planner.Plan(workspace.Key, workspace.Value)).ToList();
        var applied = await new Migrations(connectionString).ApplyAsync([.. plans.Select(plan => plan.Name)], cancellationToken);
        if (applied.Count > 0)
        {
            loggers.CreateLogger<HostServer>().LogInformation("Applied {Count} schema files", applied.Count);
        }

        await new MasterKeyCheck(connectionString, masterKeys).RunAsync(cancellationToken);
        var owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
        var metrics = new HostMetrics();
        var given = new WorkspaceDependencies(masterKeys, dependencies.Clock, () => Chance(dependencies.Random), loggers, owner)
        {
            LeaseTime = settings.LeaseTime(),
            Metrics = metrics,
        };
        var server = new HostServer(metrics);
        try
        {
            foreach (var plan in plans)
            {
                server._workspaces.Add(plan.Name.Value, await Workspace.OpenAsync(connectionString, plan, given, declare: true, cancellationToken));
            }

            server.OperatorToken = loader.Secret(config.OperatorToken, "operator_token");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var workspace in _workspaces.Values)
        {
            await workspace.StartAsync(cancellationToken);
        }
    }

    public async Task StopAsync() => await Task.WhenAll(_workspaces.Values.Select(workspace => workspace.StopAsync()));

    /// <summary>Adds what the endpoints need to a builder.</summary>
    public static void Configure(WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The body of a request without known sender is never read further than this; an endpoint that accepts more raises it, after
            // authentication.
            kestrel.Limits.MaxRequestBodySize = Limits.OperatorBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = ConnectionLimits.FirstRequest;
            kestrel.Limits.MaxConcurrentConnections = ConnectionLimits.Connections;
            kestrel.ConfigureEndpointDefaults(SilentConnections.Close);
        });
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.RespectNullableAnnotations = true;
        });
        builder.Services.AddProblemDetails();
        builder.Services.AddAccess();
        builder.Services.AddSingleton<ContractCheck>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddExceptionHandler<RequestFaults>();
    }

    public void Map(WebApplication app, TimeProvider clock)
    {
        var tokens = app.Services.GetRequiredService<AccessTokens>();
        foreach (var (inbox, token) in _workspaces.Values.SelectMany(workspace => workspace.Inboxes))
        {
            tokens.Sources.Add(token, inbox);
        }

        tokens.Operators.Add(OperatorToken, new OperatorAccount("operator"));
        app.Use(UnreadBodies.AnnounceAsync);
        app.UseExceptionHandler();
        var webhooks = _webhooks = new WebhookEndpoint(tokens.Sources, clock, _counters);
        var batches = _batches = new BatchEndpoint(tokens.Sources, clock, _counters);
        app.Use((context, next) => WebhookEndpoint.Takes(context.Request.Method) && context.Request.Path == WebhookEndpoint.Path
            ? WebhookAsync(webhooks, context) // Before routing: the one hot path needs no search for its endpoint.
            : next(context));
        app.UseStatusCodePages(StatusCodeResponses.WriteAsync);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<ContractCheck>();
        MapWebhooks(app, WebhookEndpoint.Path, WebhookEndpoint.Methods, webhooks, BodyContract.Webhook);
        MapWebhooks(app, BatchEndpoint.Path, [HttpMethods.Post], batches, BodyContract.Batch);
        var group = app.MapGroup("/v1").RequireAuthorization(AccessPolicies.Operator).Takes(QueryParameter.Workspace);
        new QueryEndpoints(_workspaces, clock).Map(group);
        new PermissionEndpoints(_workspaces).Map(group);
        new ErasureEndpoints(_workspaces, clock).Map(group);
        new LinkStopEndpoints(_workspaces).Map(group);
        MapHealth(app);
        _meters = app.Services.GetRequiredService<MeterProvider>();
        app.MapMetrics(_meters).RequireAuthorization(AccessPolicies.Operator);
    }

    /// <summary>
    /// Maps what the health listener serves to everyone who reaches it: <c>/health</c>, and <c>/metrics</c>, which has no secret and no
    /// personal data, but shows outsiders how much is processed. So an operator opens it, by setting the listener's address.
    /// </summary>
    public void MapForMonitoring(IEndpointRouteBuilder app)
    {
        MapHealth(app);
        app.MapMetrics(_meters!).AllowAnonymous();
    }

    // For everyone: it has no secret, and a load balancer has no token.
    private void MapHealth(IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => Results.Text("live")).AllowAnonymous();
        app.MapGet("/health/ready", ReadyAsync).AllowAnonymous();
    }

    // The audience webhook comes here with another spelling of the address, or by a method that is not a webhook's.
    private void MapWebhooks(WebApplication app, string path, IReadOnlyList<string> methods, WebhookReceiver webhooks, BodyContract body)
    {
        app.MapMethods(path, methods, context => WebhookAsync(webhooks, context)).RequireAuthorization(AccessPolicies.Source).Takes(body);
        app.Map(path, context =>
        {
            context.Response.Headers.Allow = string.Join(", ", methods);
            return QueryProblem.MethodNotAllowed.ExecuteAsync(context);
        }).RequireAuthorization(AccessPolicies.Source).Takes(body);
    }

    private Task WebhookAsync(WebhookReceiver webhooks, HttpContext context)
    {
        if (context.Request.QueryString.HasValue)
        {
            // Refusing an unknown parameter here would lose a removal: its sender does not send it again.
            _counters.Ignored(context.Request.Query.Count);
        }

        return Spans.Enabled ? TraceAsync(webhooks, context) : webhooks.HandleAsync(context);
    }

    private static async Task TraceAsync(WebhookReceiver webhooks, HttpContext context)
    {
        using var span = Spans.StartRoot(Spans.Webhook, ActivityKind.Server, [Activity.Current?.Context ?? default]);
        await webhooks.HandleAsync(context);
        span?.SetTag(Spans.Status, context.Response.StatusCode);
    }

    // Ready means that the log of every workspace answers: a load balancer should send webhooks elsewhere when it does not.
    private async Task<IResult> ReadyAsync(CancellationToken cancellationToken)
    {
        foreach (var workspace in _workspaces.Values)
        {
            if (await workspace.NotReadyAsync(cancellationToken) is { } reason)
            {
                return Results.Text(reason, statusCode: StatusCodes.Status503ServiceUnavailable);
            }
        }

        return Results.Text("ready");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var workspace in _workspaces.Values)
        {
            await workspace.DisposeAsync();
        }

        _webhooks?.Dispose();
        _batches?.Dispose();
        _counters.Dispose();
        _metrics.Dispose();
    }

    private byte[] OperatorToken { get; set; } = [];

    private static double Chance(Random random)
    {
        lock (random)
        {
            return random.NextDouble();
        }
    }
}
