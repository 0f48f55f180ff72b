using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AudienceSync.Host.Tests.Simulation;

/// <summary>
/// Serves a web application on the caller's thread: no socket, no pipe, no thread pool. The work of a request is done when the call
/// returns, unless it sleeps on the virtual clock. This makes each run of a seed identical.
/// </summary>
internal sealed class InlineServer : IServer
{
    private Func<IFeatureCollection, Task>? _serveAsync;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        _serveAsync = async features =>
        {
            var context = application.CreateContext(features);
            await application.ProcessRequestAsync(context);
            application.DisposeContext(context, exception: null);
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() { }

    /// <summary>Null when the application aborted the connection.</summary>
    public async Task<HttpResponseMessage?> ServeAsync(HttpRequestMessage request, byte[] body)
    {
        var response = new HttpResponseFeature();
        var lifetime = new Lifetime();
        using var answer = new MemoryStream();
        var written = new StreamResponseBodyFeature(answer);
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(RequestOf(request, body));
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(written);
        features.Set<IHttpRequestLifetimeFeature>(lifetime);
        await _serveAsync!(features);
        await written.CompleteAsync();
        return lifetime.IsAborted ? null : AnswerOf(request, response, answer.ToArray());
    }

    private static HttpRequestFeature RequestOf(HttpRequestMessage request, byte[] body)
    {
        var url = request.RequestUri!;
        var feature = new HttpRequestFeature
        {
            Body = new MemoryStream(body, writable: false),
            Method = request.Method.Method,
            Path = Uri.UnescapeDataString(url.AbsolutePath),
            Protocol = "HTTP/1.1",
            QueryString = url.Query,
            RawTarget = url.PathAndQuery,
            Scheme = url.Scheme,
        };
        foreach (
            var (name, values) in request.Headers.Concat(
                request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>()
            )
        )
        {
            feature.Headers[name] = values.ToArray();
        }

        feature.Headers.Host = url.Authority;
        feature.Headers.ContentLength = body.Length;
        return feature;
    }

    private static HttpResponseMessage AnswerOf(HttpRequestMessage request, HttpResponseFeature response, byte[] body)
    {
        var message = new HttpResponseMessage((HttpStatusCode)response.StatusCode)
        {
            RequestMessage = request,
            Content = new ByteArrayContent(body),
        };
        foreach (var (name, values) in response.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                message.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return message;
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }
}
