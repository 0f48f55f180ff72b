using Microsoft.AspNetCore.Diagnostics;

namespace AudienceSync.Host.Requests;

/// <summary>Adds a body with a stable code to the refusals that the framework generates.</summary>
internal static class StatusCodeResponses
{
    public static Task WriteAsync(StatusCodeContext bare)
    {
        var context = bare.HttpContext;
        return (
            context.Response.StatusCode switch
            {
                StatusCodes.Status400BadRequest => QueryProblem.InvalidBody,
                StatusCodes.Status404NotFound => QueryProblem.UnknownRoute,
                StatusCodes.Status405MethodNotAllowed => QueryProblem.MethodNotAllowed,
                StatusCodes.Status415UnsupportedMediaType => QueryProblem.UnsupportedType,
                var status => QueryProblem.BrokenRequest(status),
            }
        ).ExecuteAsync(context);
    }
}
