using System.Text.Encodings.Web;
using AudienceSync.Host.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AudienceSync.Host.Ingest;

/// <summary>Authenticates a source, by the same <see cref="AccessTokens{T}"/> as the hot path of the webhook.</summary>
internal sealed class SourceAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    AccessTokens<WebhookInbox> tokens
) : TokenAuthentication<WebhookInbox>(options, loggers, encoder, tokens)
{
    protected override string NameOf(WebhookInbox owner) => owner.Source.Name;

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Answers.WriteAsync(Context, IngestProblem.Unauthorized);
}
