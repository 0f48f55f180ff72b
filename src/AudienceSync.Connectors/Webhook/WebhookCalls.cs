using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Webhook;

/// <summary>A response, or the reason why there is none.</summary>
internal readonly record struct WebhookReply(int Status, WebhookAnswer? Answer, Outcome Outcome);

/// <summary>Makes a call with a separate signature for each attempt, and maps the response to an outcome.</summary>
internal sealed class WebhookCalls(WebhookSettings settings, CallPipeline pipeline, TimeProvider clock, IWebhookApi api)
{
    public async ValueTask<WebhookReply> MakeAsync(MemberBody body, CancellationToken cancellationToken)
    {
        var (http, failure) = await pipeline.RunAsync(
            async attempt =>
            {
                var signature = WebhookSignature.Sign(settings.Key, clock.GetUtcNow(), body.Written);
                using var content = body.ToContent();
                return await PlatformAnswer.ReadAsync(
                    await api.SendAsync(settings.Url, signature.UnixSeconds, signature.Value, content, attempt),
                    attempt
                );
            },
            cancellationToken
        );
        if (http is null)
        {
            return new WebhookReply(0, null, new Outcome(OutcomeKind.Retry, failure));
        }

        var answer = http.TooLarge ? null : WebhookAnswer.Parse(http.Body);
        var outcome = RetryAfterPolicy.With(WebhookErrors.Of(http.Status, answer), http, clock.GetUtcNow());
        var isBare = outcome is { Kind: OutcomeKind.Snooze, Wait: null };
        return new WebhookReply(http.Status, answer, isBare ? outcome with { Wait = WebhookLimits.ThrottleWait } : outcome);
    }
}
