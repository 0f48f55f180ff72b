using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;
using Microsoft.AspNetCore.Http.Features;

namespace AudienceSync.Sandbox.Google;

/// <summary>An OAuth error (RFC 6749 5.2).</summary>
internal sealed record TokenError(string Error, string Description, int Http = 400)
{
    public static readonly TokenError ExpiredGrant = new("invalid_grant", "Token has been expired or revoked.");
}

/// <summary><c>POST /token</c>: exchanges a refresh token or a signed assertion for an access token (contract google 2.1).</summary>
internal sealed class TokenEndpoint(GooglePlatform platform, FaultPlan faults, CallLog calls, TimeProvider clock)
{
    private const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private sealed record Grant(Credential Credential, GoogleSettings Limits);

    public async Task HandleAsync(HttpContext context)
    {
        var call = new GoogleCall(context, platform, calls, clock.GetUtcNow()) { Operation = "token" };
        var (rule, ended) = await GoogleFaults.InjectAsync(call, faults, clock, FaultOperation.Token, null);
        if (ended)
        {
            return;
        }

        var (grant, error) = rule?.Kind == FaultKind.TokenExpired ? (null, TokenError.ExpiredGrant) : await GrantAsync(context.Request);
        if (grant is null)
        {
            await call.WriteAsync(
                error!.Http,
                error.Error,
                json =>
                {
                    json.WriteString("error", error.Error);
                    json.WriteString("error_description", error.Description);
                }
            );
            return;
        }

        var token = platform.Tokens.Issue(grant.Credential, TimeSpan.FromSeconds(grant.Limits.TokenLifeS));
        await call.CompleteAsync(() =>
            call.WriteAsync(
                200,
                null,
                json =>
                {
                    json.WriteString("access_token", token);
                    json.WriteNumber("expires_in", grant.Limits.TokenLifeS);
                    json.WriteString("scope", Assertion.Scope);
                    json.WriteString("token_type", "Bearer");
                }
            )
        );
    }

    private async Task<(Grant? Grant, TokenError? Error)> GrantAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
        {
            return (null, new TokenError("invalid_request", "The body must be a form."));
        }

        request.HttpContext.Features.Set<IFormFeature>(new FormFeature(request, new FormOptions { ValueLengthLimit = 64 * 1024 }));
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return (null, new TokenError("invalid_request", "The form cannot be read."));
        }

        return form["grant_type"].ToString() switch
        {
            "refresh_token" => Refresh(form),
            JwtBearer => Assert(form["assertion"].ToString(), $"{request.Scheme}://{request.Host}{request.Path}"),
            "" => (null, new TokenError("invalid_request", "Missing required parameter: grant_type")),
            _ => (null, new TokenError("unsupported_grant_type", "Invalid grant_type.")),
        };
    }

    private (Grant? Grant, TokenError? Error) Refresh(IFormCollection form)
    {
        if (form["refresh_token"].ToString() is not { Length: > 0 } token)
        {
            return (null, new TokenError("invalid_request", "Missing required parameter: refresh_token"));
        }

        var (id, secret) = (form["client_id"].ToString(), form["client_secret"].ToString());
        var client = platform.Ordered.Where(account => (account.Limits.ClientId, account.Limits.ClientSecret) == (id, secret)).ToList();
        if (client.Count == 0)
        {
            return (null, new TokenError("invalid_client", "The OAuth client was not found.", 401));
        }

        return client.Find(account => account.Settings.Token == token) is { } found
            ? (new Grant(new Credential(token, null), found.Limits), null)
            : (null, TokenError.ExpiredGrant);
    }

    private (Grant? Grant, TokenError? Error) Assert(string jwt, string ownAddress)
    {
        if (Assertion.Parse(jwt) is not { } assertion)
        {
            return (null, new TokenError("invalid_grant", "Invalid JWT: it must be three parts, signed with RS256."));
        }

        var account = platform.Ordered.FirstOrDefault(account => account.Limits.ServiceAccount == assertion.Issuer);
        if (account is null)
        {
            return (null, new TokenError("invalid_grant", "Invalid grant: account not found"));
        }

        return assertion.Validate(account.Limits.ServiceAccountKey!, ownAddress, clock.GetUtcNow()) is { } error
            ? (null, error)
            : (new Grant(new Credential(null, assertion.Issuer), account.Limits), null);
    }
}
