using System.Security.Claims;
using System.Text.Encodings.Web;
using AudienceSync.Host.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Authenticates a source by its token, with the same <see cref="SourceTokens{TSource}"/> as the hot path of the webhook.
/// </summary>
internal sealed class SourceAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessTokens<WebhookInbox> tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var authorization = Request.Headers.Authorization;
        return Task.FromResult(tokens.Find(authorization.Count == 1 ? authorization[0] : null) is { } inbox
            ? AuthenticateResult.Success(new AuthenticationTicket(
                new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, inbox.Source.Name)], Scheme.Name)), Scheme.Name))
            : AuthenticateResult.NoResult());
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => Answers.WriteAsync(Context, IngestProblem.Unauthorized);
}
