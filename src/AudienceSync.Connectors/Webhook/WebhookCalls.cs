using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Webhook;

/// <summary>A response, or the reason why there is none.</summary>
internal readonly record struct WebhookReply(int Status, WebhookAnswer? Answer, Outcome Outcome);

/// <summary>Makes a call with a separate signature for each attempt, and maps the response to an outcome.</summary>
internal sealed class WebhookCalls(WebhookSettings settings, CallPipeline pipeline, TimeProvider clock, IWebhookApi api)
{
    public async ValueTask<WebhookReply> MakeAsync(WebhookRequest request, CancellationToken cancellationToken)
    {
        var (http, failure) = await pipeline.RunAsync(
            async attempt =>
            {
                using var content = request.Body.ToContent();
                return await PlatformAnswer.ReadAsync(await SendAsync(request, content, attempt), attempt);
            },
            cancellationToken
        );
        if (http is null)
        {
            return new WebhookReply(0, null, new Outcome(OutcomeKind.Retry, failure));
        }

        var answer =
            settings.Templates is { ReadsBody: false } ? WebhookAnswer.Unread
            : http.TooLarge ? null
            : WebhookAnswer.Parse(http.Body);
        var outcome = RetryAfterPolicy.With(WebhookErrors.Of(http.Status, answer), http, clock.GetUtcNow());
        var isBare = outcome is { Kind: OutcomeKind.Snooze, Wait: null };
        return new WebhookReply(http.Status, answer, isBare ? outcome with { Wait = WebhookLimits.ThrottleWait } : outcome);
    }

    /// <summary>The headers of an attempt: those of the templates, then its signature.</summary>
    public IEnumerable<(string Name, string Value, bool IsSecret)> Headers(ReadOnlySpan<byte> body)
    {
        List<(string, string, bool)> headers =
        [
            .. (settings.Templates?.Headers ?? []).Select(header => (header.Name, header.Value, header.IsSecret)),
        ];
        if (settings.Key is { } key)
        {
            var signature = WebhookSignature.Sign(key, clock.GetUtcNow(), body);
            headers.Add((WebhookSignature.TimestampHeader, signature.UnixSeconds, false));
            headers.Add((WebhookSignature.Header, signature.Value, true));
        }

        return headers;
    }

    private Task<HttpResponseMessage> SendAsync(WebhookRequest request, HttpContent content, CancellationToken cancellationToken)
    {
        var headers = Headers(request.Body.Written).ToDictionary(header => header.Name, header => header.Value, StringComparer.Ordinal);
        return request.Method switch
        {
            "POST" => api.PostAsync(request.Url, headers, content, cancellationToken),
            "PUT" => api.PutAsync(request.Url, headers, content, cancellationToken),
            "PATCH" => api.PatchAsync(request.Url, headers, content, cancellationToken),
            "DELETE" => api.DeleteAsync(request.Url, headers, content, cancellationToken),
            "GET" => api.GetAsync(request.Url, headers, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Method, "Unknown method."),
        };
    }
}
