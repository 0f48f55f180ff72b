using System.Net.Http.Headers;
using System.Text;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Tests.Serving;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>A route of the Host as registered in the framework, so that no route can be added without these tests.</summary>
public sealed record Route(string Method, string Path, RouteEndpoint Endpoint)
{
    public BodyContract Body => Endpoint.Metadata.GetMetadata<BodyContract>() ?? BodyContract.None;

    public IReadOnlyList<QueryParameter> Parameters => Endpoint.Metadata.GetOrderedMetadata<QueryParameter>();

    public bool IsAnonymous => Endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    public bool IsWebhook => Body.Form == BodyForm.Unchecked;

    /// <summary>Whether it is an operator route.</summary>
    public bool IsOperators => !IsAnonymous && !IsWebhook;

    public static IReadOnlyList<Route> Of(TestHost host) =>
        [
            .. host.Routes.SelectMany(endpoint =>
                (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => new Route(
                    method,
                    PathOf(endpoint),
                    endpoint
                ))
            ),
        ];

    public HttpRequestMessage Request(string query = "", HttpContent? content = null, string? token = TestHostFiles.OperatorToken)
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), Path + query) { Content = content };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    public static HttpContent Json(string text, bool chunked = false)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        HttpContent content = chunked ? new StreamContent(new UnknownLength(bytes)) : new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    public override string ToString() => $"{Method} {Path}";

    private static string PathOf(RouteEndpoint endpoint) =>
        "/"
        + string.Join(
            '/',
            endpoint.RoutePattern.PathSegments.Select(segment =>
                string.Concat(
                    segment.Parts.Select(part =>
                        part switch
                        {
                            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { ParameterPolicies: [{ Content: "guid" }] } =>
                                "0198c0de-0000-7000-8000-000000000001",
                            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { ParameterPolicies: [{ Content: "long" }] } =>
                                "1",
                            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "name" } => "meta_main",
                            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "audience" } => "winback_45d",
                            _ => "winback_45d_v1",
                        }
                    )
                )
            )
        );

    /// <summary>Hides the length, so that a client sends chunks.</summary>
    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
