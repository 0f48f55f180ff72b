using System.Net;
using System.Text;

namespace AudienceSync.Connectors.Tests.Google;

/// <summary>Responds at the token endpoint with numbered tokens and to everything else from a script, whose last entry repeats.</summary>
internal sealed class TokenedNetwork(params (int Status, string Body)[] script) : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private int _next;

    public List<SentRequest> Sent { get; } = [];

    public List<SentRequest> TokenRequests { get; } = [];

    /// <summary>What the token endpoint returns instead of a token.</summary>
    public (int Status, string Body)? TokenAnswer { get; set; }

    /// <summary>What the token endpoint waits for.</summary>
    public Task TokenGate { get; set; } = Task.CompletedTask;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = new SentRequest(
            request.Method.Method,
            request.RequestUri!,
            request.Headers.Authorization?.ToString(),
            request.Content?.Headers.ContentType?.ToString(),
            request.Content?.Headers.ContentLength,
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken)
        )
        {
            Headers = request.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value)),
        };
        if (request.RequestUri!.AbsolutePath.EndsWith("/token", StringComparison.Ordinal))
        {
            await TokenGate.WaitAsync(cancellationToken);
            lock (_gate)
            {
                TokenRequests.Add(sent);
                var token = $$"""{"access_token":"at-{{TokenRequests.Count}}","expires_in":3600,"token_type":"Bearer"}""";
                return Response(TokenAnswer ?? (200, token));
            }
        }

        lock (_gate)
        {
            Sent.Add(sent);
            return Response(script[Math.Min(_next++, script.Length - 1)]);
        }
    }

    private static HttpResponseMessage Response((int Status, string Body) answer) =>
        new((HttpStatusCode)answer.Status) { Content = new StringContent(answer.Body, Encoding.UTF8, "application/json") };
}
