using System.Net;
using System.Text;

namespace AudienceSync.Connectors.Tests;

/// <summary>A request as it would have gone over the wire.</summary>
internal sealed record SentRequest(string Method, Uri Url, string? Authorization, string? ContentType, long? ContentLength, string Body)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>Responds to calls from a script, and records what was sent.</summary>
internal sealed class ScriptedNetwork(params Func<CancellationToken, Task<HttpResponseMessage>>[] script) : HttpMessageHandler
{
    private int _next;

    public List<SentRequest> Sent { get; } = [];

    public static ScriptedNetwork Answering(int status, string body, params (string Name, string Value)[] headers) =>
        new(_ => Task.FromResult(Response(status, body, headers)));

    public static HttpResponseMessage Response(int status, string body, params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Sent.Add(
            new SentRequest(
                request.Method.Method,
                request.RequestUri!,
                request.Headers.Authorization?.ToString(),
                request.Content?.Headers.ContentType?.ToString(),
                request.Content?.Headers.ContentLength,
                request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken)
            )
            {
                Headers = request.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value)),
            }
        );

        // The last entry of the script repeats.
        return await script[Math.Min(_next++, script.Length - 1)](cancellationToken);
    }
}
