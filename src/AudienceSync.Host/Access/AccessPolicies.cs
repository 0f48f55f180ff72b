using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace AudienceSync.Host.Access;

/// <summary>
/// Who may ask for what. Whatever does not say otherwise is an operator's, addresses that lead nowhere included: an endpoint that somebody
/// forgets to protect is closed, not open.
/// </summary>
public static class AccessPolicies
{
    /// <summary>Scheme and policy of operators.</summary>
    public const string Operator = "operator";

    /// <summary>Scheme and policy of sources of webhooks.</summary>
    public const string Source = "source";

    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<AccessTokens>();
        // Not AddAuthentication: that brings data protection along, which writes keys into a home folder, and nothing here needs a cookie.
        services.AddAuthenticationCore(schemes =>
        {
            schemes.AddScheme<OperatorAuthentication>(Operator, displayName: null);
            schemes.AddScheme<SourceAuthentication>(Source, displayName: null);
        });
        services.AddWebEncoders();
        services.AddTransient<OperatorAuthentication>();
        services.AddTransient<SourceAuthentication>();
        var operators = Policy(Operator);
        services.AddAuthorizationBuilder()
            .AddPolicy(Operator, operators)
            .AddPolicy(Source, Policy(Source))
            .SetDefaultPolicy(operators)
            .SetFallbackPolicy(operators);
    }

    private static AuthorizationPolicy Policy(string scheme) => new AuthorizationPolicyBuilder(scheme).RequireAuthenticatedUser().Build();
}
