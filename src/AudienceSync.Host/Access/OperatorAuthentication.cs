using System.Security.Claims;
using System.Text.Encodings.Web;
using AudienceSync.Host.Requests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AudienceSync.Host.Access;

/// <summary>Authenticates an operator by the token in <c>Authorization</c>, before any part of the body is read.</summary>
internal sealed class OperatorAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessTokens<OperatorAccount> tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var authorization = Request.Headers.Authorization;
        return Task.FromResult(tokens.Find(authorization.Count == 1 ? authorization[0] : null) is { } account
            ? AuthenticateResult.Success(new AuthenticationTicket(
                new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, account.Name)], Scheme.Name)), Scheme.Name))
            : AuthenticateResult.NoResult());
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return QueryProblem.Unauthorized.ExecuteAsync(Context);
    }
}
