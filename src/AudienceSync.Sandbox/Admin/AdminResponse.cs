using System.Text.Json;

namespace AudienceSync.Sandbox.Admin;

/// <summary>Responses of the admin API. Errors are problem+json with a stable <c>code</c>.</summary>
internal static class AdminResponse
{
    public static Task WriteAsync<T>(HttpContext context, int status, T body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(body, SandboxJson.Options);
    }

    public static Task ProblemAsync(HttpContext context, int status, string code, string detail)
    {
        context.Response.StatusCode = status;
        var problem = new
        {
            type = $"urn:audiencesync:sandbox:{code}",
            title = code.Replace('_', ' '),
            status,
            code,
            detail,
        };
        return context.Response.WriteAsJsonAsync(problem, SandboxJson.Options, "application/problem+json");
    }

    /// <summary>The deserialized body; null after a problem response was written.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext context)
        where T : class
    {
        try
        {
            var body = await JsonSerializer.DeserializeAsync<T>(context.Request.Body, SandboxJson.Options, context.RequestAborted);
            if (body is not null)
            {
                return body;
            }

            await ProblemAsync(context, StatusCodes.Status400BadRequest, "invalid_body", "The body must not be null.");
        }
        catch (JsonException exception)
        {
            // The exception message is omitted: it may contain the value.
            await ProblemAsync(
                context,
                StatusCodes.Status400BadRequest,
                "invalid_body",
                $"The body is invalid at {exception.Path ?? "$"}: not JSON, an unknown or missing field, or a wrong type."
            );
        }

        return null;
    }
}
