using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace AudienceSync.Host.Access;

/// <summary>
/// Authorization policies. An endpoint without a policy of its own requires an operator, and so do addresses without an endpoint: an
/// endpoint whose policy was forgotten is closed, not open.
/// </summary>
public static class AccessPolicies
{
    /// <summary>Scheme and policy of operators.</summary>
    public const string Operator = "operator";

    /// <summary>Scheme and policy of webhook sources.</summary>
    public const string Source = "source";

    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<AccessTokens<OperatorAccount>>();
        // Not AddAuthentication: it also adds data protection, which writes keys into a home folder, and nothing here needs a cookie.
        services.AddAuthenticationCore(schemes => schemes.AddScheme<OperatorAuthentication>(Operator, displayName: null));
        services.AddWebEncoders();
        services.AddTransient<OperatorAuthentication>();
        var operators = Policy(Operator);
        services
            .AddAuthorizationBuilder()
            .AddPolicy(Operator, operators)
            .AddPolicy(Source, Policy(Source))
            .SetDefaultPolicy(operators)
            .SetFallbackPolicy(operators);
    }

    private static AuthorizationPolicy Policy(string scheme) => new AuthorizationPolicyBuilder(scheme).RequireAuthenticatedUser().Build();
}
