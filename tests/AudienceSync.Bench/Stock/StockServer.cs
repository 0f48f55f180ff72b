using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Command = System.CommandLine.Command;

namespace AudienceSync.Bench.Stock;

/// <summary>
/// The endpoint that a team would write first with the same parts: ASP.NET and Marten with their default settings, one append a request,
/// the async daemon projecting a document. No signature, no deduplication, no identity resolution, no encryption, no raw bodies.
/// </summary>
internal static class StockServer
{
    /// <summary>The environment variable with the connection string.</summary>
    public const string Postgres = "BENCH_POSTGRES";

    public static Command Build()
    {
        var port = new Option<int>("--port") { Required = true };
        var command = new Command("stock-server", "A stock ASP.NET and Marten endpoint; started by the benches") { port };
        command.Hidden = true;
        command.SetAction((parsed, cancel) => ServeAsync(parsed.GetRequiredValue(port), cancel));
        return command;
    }

    private static async Task ServeAsync(int port, CancellationToken cancel)
    {
        string connection = Environment.GetEnvironmentVariable(Postgres) ?? throw new BenchFailedException($"{Postgres} is not set.");
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder
            .Services.AddMarten(options =>
            {
                options.Connection(connection);
                options.Projections.Add(new StockMemberProjection(), ProjectionLifecycle.Async);
            })
            .UseLightweightSessions()
            .ApplyAllDatabaseChangesOnStartup()
            .AddAsyncDaemon(DaemonMode.Solo);
        await using WebApplication app = builder.Build();
        app.MapGet("/health/ready", () => Results.Ok());
        app.MapPost("/v1/webhooks/audience", AppendAsync);
        await app.StartAsync(cancel);
        await app.WaitForShutdownAsync(cancel);
    }

    private static async Task<IResult> AppendAsync(StockWebhook webhook, IDocumentSession session, CancellationToken cancel)
    {
        var stream = new Guid(MD5.HashData(Encoding.UTF8.GetBytes(webhook.Person.CustomerId)));
        object added =
            webhook.Event == "audience_add"
                ? new StockAdded(webhook.EventId, webhook.AudienceKey, webhook.OccurredAt, webhook.Consent, webhook.Context)
                : new StockRemoved(webhook.EventId, webhook.AudienceKey, webhook.OccurredAt, webhook.Consent, webhook.Context);
        session.Events.Append(stream, added);
        await session.SaveChangesAsync(cancel);
        return Results.Ok(new { status = "accepted", receipt_id = stream });
    }
}
