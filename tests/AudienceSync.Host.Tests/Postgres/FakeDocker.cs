using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AudienceSync.Host.Tests.Postgres;

/// <summary>A Docker engine that has every image and creates no container: it shows what it was asked to create.</summary>
internal sealed class FakeDocker : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<JsonElement> _created = [];

    private FakeDocker(WebApplication app) => _app = app;

    /// <summary>The address, in the form of <c>DOCKER_HOST</c>.</summary>
    public string Endpoint => _app.Urls.Single().Replace("http://", "tcp://", StringComparison.Ordinal);

    /// <summary>The bodies of the requests for a container.</summary>
    public IReadOnlyCollection<JsonElement> Created => _created;

    /// <summary>Listens on a port, or on a socket.</summary>
    public static async Task<FakeDocker> StartAsync(string? socket = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(socket is null ? "http://127.0.0.1:0" : "http://unix:" + socket);
        var docker = new FakeDocker(builder.Build());
        docker._app.Run(docker.AnswerAsync);
        await docker._app.StartAsync();
        return docker;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext call)
    {
        var path = call.Request.Path.Value ?? "";
        if (path.EndsWith("/containers/create", StringComparison.Ordinal))
        {
            _created.Enqueue(await JsonSerializer.DeserializeAsync<JsonElement>(call.Request.Body));
            await Results.Json(new { message = "this engine is not real" }, statusCode: 507).ExecuteAsync(call);
        }
        else if (path.EndsWith("/_ping", StringComparison.Ordinal))
        {
            call.Response.Headers["Api-Version"] = "1.44";
            await call.Response.WriteAsync("OK");
        }
        else
        {
            var facts = new
            {
                Id = "sha256:1",
                ApiVersion = "1.44",
                Version = "29.0.0",
                OperatingSystem = "Linux",
                OSType = "linux",
            };
            await Results.Json(facts).ExecuteAsync(call);
        }
    }
}
