using System.Text.Encodings.Web;
using AudienceSync.Host.Requests;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AudienceSync.Host.Access;

/// <summary>Authenticates an operator.</summary>
internal sealed class OperatorAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    AccessTokens<OperatorAccount> tokens
) : TokenAuthentication<OperatorAccount>(options, loggers, encoder, tokens)
{
    protected override string NameOf(OperatorAccount owner) => owner.Name;

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return QueryProblem.Unauthorized.ExecuteAsync(Context);
    }
}
