using Microsoft.AspNetCore.Http.Features;

namespace AudienceSync.Host.Requests;

/// <summary>
/// Checks every request against the contract of its endpoint, after authentication and before the endpoint: query parameters, route values,
/// the body with its limit, and the workspace. Any fault of a request, or a failure in its transmission, is a client error and has a code.
/// </summary>
internal sealed class ContractCheck(WorkspaceServices workspaces) : IMiddleware
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (
            context.GetEndpoint() is not RouteEndpoint endpoint
            || endpoint.Metadata.GetMetadata<BodyContract>() is { Form: BodyForm.Unchecked }
        )
        {
            await next(context);
            return;
        }

        var contract = endpoint.Metadata.GetMetadata<BodyContract>() ?? BodyContract.None;
        try
        {
            var problem =
                ParameterCheck.Problem(context, endpoint)
                ?? await BodyProblemAsync(context, contract)
                ?? RequestWorkspace.Problem(context, endpoint, workspaces);
            await (problem is null ? next(context) : problem.ExecuteAsync(context));
        }
        catch (BadHttpRequestException broken) when (!context.Response.HasStarted)
        {
            await (
                broken.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? contract.TooLarge()
                    : QueryProblem.BrokenRequest(broken.StatusCode)
            ).ExecuteAsync(context);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private static async Task<IResult?> BodyProblemAsync(HttpContext context, BodyContract contract)
    {
        var request = context.Request;
        if (request.ContentLength > contract.MaxBytes)
        {
            return contract.TooLarge();
        }

        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return contract.Form == BodyForm.Json ? QueryProblem.InvalidBody : null;
        }

        if (
            request.Headers.ContentEncoding is { Count: > 0 } encodings
            && (encodings.Count > 1 || !string.Equals(encodings[0], "identity", StringComparison.OrdinalIgnoreCase))
        )
        {
            return QueryProblem.UnsupportedEncoding;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } sizeLimit)
        {
            // The server counts a chunked body with its framing; our limit is on the content, and is counted below.
            sizeLimit.MaxRequestBodySize = null;
        }

        request.Body = new LimitedStream(request.Body, contract.MaxBytes);
        return contract.Form == BodyForm.Stream ? null : await ReadAsync(context, contract);
    }

    private static async Task<IResult?> ReadAsync(HttpContext context, BodyContract contract)
    {
        var request = context.Request;
        var buffered = new MemoryStream();
        await request.Body.CopyToAsync(buffered, context.RequestAborted);
        ReadOnlyMemory<byte> body = buffered.GetBuffer().AsMemory(0, (int)buffered.Length);
        if (contract.Form != BodyForm.Whole && body.Span.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        request.Body = new MemoryStream(body.ToArray(), writable: false);
        request.ContentLength = body.Length;
        if (contract.Form == BodyForm.Whole)
        {
            return null;
        }

        if (body.IsEmpty)
        {
            context.Features.Set<IHttpRequestBodyDetectionFeature>(NoBody.Instance);
            return contract.Form == BodyForm.Json ? QueryProblem.InvalidBody : null;
        }

        if (contract.Form == BodyForm.None)
        {
            return JsonBody.ProblemUnlessEmpty(body);
        }

        if (!request.HasJsonContentType())
        {
            return QueryProblem.UnsupportedType;
        }

        // A body that passes here is UTF-8, so no parameter of the media type may cause it to be read as anything else.
        request.ContentType = "application/json";
        return JsonBody.Problem(body);
    }

    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        public static readonly NoBody Instance = new();

        public bool CanHaveBody => false;
    }
}
