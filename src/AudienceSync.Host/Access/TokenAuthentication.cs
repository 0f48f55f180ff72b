using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AudienceSync.Host.Access;

/// <summary>Authenticates by the token in <c>Authorization</c>, before any part of the body is read.</summary>
/// <typeparam name="T">Whom the tokens belong to.</typeparam>
internal abstract class TokenAuthentication<T>(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    AccessTokens<T> tokens
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    where T : class
{
    protected sealed override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(tokens.Find(Request) is { } owner ? AuthenticateResult.Success(TicketOf(owner)) : AuthenticateResult.NoResult());

    /// <summary>The name under which the owner of a token is recorded.</summary>
    protected abstract string NameOf(T owner);

    private AuthenticationTicket TicketOf(T owner) =>
        new(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, NameOf(owner))], Scheme.Name)), Scheme.Name);
}
