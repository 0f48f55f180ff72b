using AudienceSync.Host.Ingest;

namespace AudienceSync.Host.Query;

/// <summary>Lets only the operator's token pass to questions and operations. Without a token configured nobody passes.</summary>
public sealed class OperatorAccess(SourceTokens<OperatorAccess.Operator> tokens) : IEndpointFilter
{
    /// <summary>Who asks. Roles come with the users.</summary>
    public sealed record Operator(string Name);

    /// <summary>Who asks, of a request that was let pass.</summary>
    public static string NameOf(HttpContext context) => ((Operator)context.Items[typeof(Operator)]!).Name;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var authorization = context.HttpContext.Request.Headers.Authorization;
        if (tokens.Find(authorization.Count == 1 ? authorization[0] : null) is { } asking)
        {
            context.HttpContext.Items[typeof(Operator)] = asking;
            return await next(context);
        }

        context.HttpContext.Response.Headers.WWWAuthenticate = "Bearer";
        return QueryProblem.Unauthorized;
    }
}
