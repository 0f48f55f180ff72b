using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace AudienceSync.Host.Requests;

/// <summary>
/// The workspace that a request is about, as a parameter of its endpoint: the one that the query names, or the default one. A name that no
/// workspace has is refused by <see cref="ContractCheck"/>, before the endpoint.
/// </summary>
public sealed class RequestWorkspace(IServiceProvider services)
    : IBindableFromHttpContext<RequestWorkspace>,
        IEndpointParameterMetadataProvider
{
    private static readonly RequiresWorkspace Required = new();

    /// <summary>A service of the workspace.</summary>
    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public static ValueTask<RequestWorkspace?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult(context.Features.Get<RequestWorkspace>());

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(Required);

    /// <summary>Finds the workspace for an endpoint that takes one. Returns the problem when it does not exist.</summary>
    internal static IResult? Problem(HttpContext context, Endpoint endpoint, WorkspaceServices workspaces)
    {
        if (endpoint.Metadata.GetMetadata<RequiresWorkspace>() is null)
        {
            return null;
        }

        var name = context.Request.Query[QueryParameter.Workspace.Name];
        if (workspaces.Find(name.Count == 0 ? null : name[0]) is not { } services)
        {
            return QueryProblem.UnknownWorkspace;
        }

        context.Features.Set(new RequestWorkspace(services));
        return null;
    }

    private sealed record RequiresWorkspace;
}
