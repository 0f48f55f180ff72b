using AudienceSync.Host.Query;
using Microsoft.AspNetCore.Http.Features;

namespace AudienceSync.Host.Requests;

/// <summary>
/// Holds every request against what its endpoint declared, after authentication and before the endpoint: query parameters, values in the
/// address, and the body with its limit. Whatever is wrong with a request, or happens to it on its way, is the client's and has a code.
/// </summary>
internal sealed class ContractCheck : IMiddleware
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<BodyContract>() is { Form: BodyForm.Unchecked })
        {
            await next(context);
            return;
        }

        var contract = endpoint.Metadata.GetMetadata<BodyContract>() ?? BodyContract.None;
        try
        {
            var problem = ParameterCheck.Problem(context, endpoint) ?? await BodyProblemAsync(context, contract);
            await (problem is null ? next(context) : problem.ExecuteAsync(context));
        }
        catch (BadHttpRequestException broken) when (!context.Response.HasStarted)
        {
            await (broken.StatusCode == StatusCodes.Status413PayloadTooLarge ? contract.TooLarge() : QueryProblem.BrokenRequest(broken.StatusCode)).ExecuteAsync(context);
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

        if (request.Headers.ContentEncoding is { Count: > 0 } encodings && (encodings.Count > 1 || !string.Equals(encodings[0], "identity", StringComparison.OrdinalIgnoreCase)))
        {
            return QueryProblem.UnsupportedEncoding;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } most)
        {
            // The server counts a chunked body with its framing; the limit is of what is in it, and counted below.
            most.MaxRequestBodySize = null;
        }

        request.Body = new LimitedStream(request.Body, contract.MaxBytes);
        return contract.Form == BodyForm.Stream ? null : await ReadAsync(context, contract);
    }

    private static async Task<IResult?> ReadAsync(HttpContext context, BodyContract contract)
    {
        var request = context.Request;
        var whole = new MemoryStream();
        await request.Body.CopyToAsync(whole, context.RequestAborted);
        ReadOnlyMemory<byte> body = whole.GetBuffer().AsMemory(0, (int)whole.Length);
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

        // It is UTF-8 when it passes here, so no parameter of the type may have it read as anything else.
        request.ContentType = "application/json";
        return JsonBody.Problem(body);
    }

    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        public static readonly NoBody Instance = new();

        public bool CanHaveBody => false;
    }
}
