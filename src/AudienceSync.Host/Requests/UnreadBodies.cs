using AudienceSync.Domain;
using Microsoft.AspNetCore.Http.Features;

namespace AudienceSync.Host.Requests;

/// <summary>
/// After a refusal the server reads and discards the rest of the body, up to its limit, and beyond that closes the connection. The response
/// has to announce this, or the client sends its next request on that connection and gets no response.
/// </summary>
internal static class UnreadBodies
{
    public static Task AnnounceAsync(HttpContext context, RequestDelegate next)
    {
        // Most requests have a length within the limit, and this costs them nothing.
        if (
            context.Request.ContentLength is { } length
                ? length > Limits.OperatorBodyBytes
                : context.Request.Headers.TransferEncoding.Count > 0
        )
        {
            context.Response.OnStarting(static state => Announce((HttpContext)state), context);
        }

        return next(context);
    }

    private static Task Announce(HttpContext context)
    {
        // Code that reads a body removes the server's limit first, so a body that still has the limit was not read.
        if (
            context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false, MaxRequestBodySize: not null }
            || context.Response.StatusCode == StatusCodes.Status413PayloadTooLarge
        )
        {
            context.Response.Headers.Connection = "close";
        }

        return Task.CompletedTask;
    }
}
