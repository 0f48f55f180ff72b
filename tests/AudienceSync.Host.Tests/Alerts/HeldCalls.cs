using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AudienceSync.Host.Tests.Alerts;

/// <summary>A moment of a call.</summary>
internal enum CallMoment
{
    /// <summary>The request is here, and the service does not have it.</summary>
    Arrived,

    /// <summary>The service has done it, and its answer is here.</summary>
    Done,

    /// <summary>The answer was written.</summary>
    Answered,
}

/// <summary>Between a Host and services: passes calls on, and shows each moment of them, which a test can make last.</summary>
internal sealed class HeldCalls : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _services;

    private HeldCalls(WebApplication app, Uri services) => (_app, _services) = (app, new HttpClient { BaseAddress = services });

    public string Url => _app.Urls.Single();

    /// <summary>Awaited at each moment of each call.</summary>
    public Func<CallMoment, Task> At { get; set; } = static _ => Task.CompletedTask;

    public static async Task<HeldCalls> StartAsync(Uri services)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var calls = new HeldCalls(app, services);
        app.Run(calls.PassAsync);
        await app.StartAsync();
        return calls;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _services.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        await At(CallMoment.Arrived);
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path.Value);
        request.Content = new ByteArrayContent(body.ToArray());
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        using var answer = await _services.SendAsync(request);
        var content = await answer.Content.ReadAsByteArrayAsync();
        await At(CallMoment.Done);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (answer.Headers.TryGetValues("Retry-After", out var wait))
        {
            context.Response.Headers.RetryAfter = wait.ToArray();
        }

        await context.Response.Body.WriteAsync(content);
        await context.Response.CompleteAsync();
        await At(CallMoment.Answered);
    }
}
