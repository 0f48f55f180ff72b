using AudienceSync.Host.Requests;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>
/// For all routes: before the token is checked no body is read and nothing is executed, and no body is larger than its route accepts.
/// </summary>
public sealed class AccessTests(RouteHost given) : IClassFixture<RouteHost>
{
    private const int Piece = 64 * 1024;

    public static TheoryData<string?> NoOperator => new(null, "wrong", TestHostFiles.UnsignedToken, TestHostFiles.OperatorToken + "x", "");

    [Fact]
    public void There_are_as_many_routes_as_the_documents_list_and_only_health_and_signed_reports_are_anonymous()
    {
        given.Routes.Count.ShouldBeGreaterThan(40);
        given
            .Routes.Where(route => route.IsAnonymous)
            .Select(route => route.Path)
            .Distinct()
            .ShouldBe(["/health/live", "/health/ready", "/v1/webhooks/customerio/reporting"], ignoreOrder: true);
        given
            .Routes.Where(route => route.IsWebhook)
            .Select(route => route.Path)
            .Distinct()
            .ShouldBe(["/v1/webhooks/audience", "/v1/webhooks/batch", "/v1/webhooks/customerio/reporting"]);
    }

    [Theory]
    [MemberData(nameof(NoOperator))]
    public async Task A_body_of_512_MiB_without_the_operators_token_is_answered_401_before_a_byte_of_it_arrives(string? token)
    {
        foreach (var route in given.Routes.Where(route => route.IsOperators))
        {
            using var connection = await RawConnection.OpenAsync(given.Port);
            var authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
            await connection.TrySendAsync(
                $"{route.Method} {route.Path} HTTP/1.1\r\nHost: x\r\n{authorization}Content-Type: "
                    + "application/json\r\nContent-Length: 536870924\r\n\r\n"
            );
            var answer = await connection.ReadAsync();
            answer.ShouldStartWith("HTTP/1.1 401", Case.Sensitive, $"{route}: {answer}");
            answer.ShouldContain("\"code\":\"unauthorized\"", Case.Sensitive, route.ToString());
        }
    }

    [Fact]
    public async Task An_endless_body_without_a_token_is_answered_401_and_cut_off()
    {
        foreach (var route in given.Routes.Where(route => !route.IsAnonymous || route is { IsWebhook: true, Method: "POST" }))
        {
            using var connection = await RawConnection.OpenAsync(given.Port);
            await connection.TrySendAsync(
                $"{route.Method} {route.Path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            );
            (await connection.ReadAsync()).ShouldStartWith("HTTP/1.1 401", Case.Sensitive, route.ToString());
            var taken = 0;
            while (taken < 1_024 && await connection.TrySendAsync(Chunk()))
            {
                taken++;
            }

            // The kernel buffers a few MiB of it; 64 MiB would mean that the Host read it.
            taken.ShouldBeLessThan(1_024, route.ToString());
        }
    }

    [Fact]
    public async Task A_caller_without_a_token_learns_nothing_about_a_body_or_a_route()
    {
        foreach (var route in given.Routes.Where(route => route.IsOperators))
        {
            foreach (var (query, body) in new[] { ("", "{"), ("?x=1", "{}"), ("?workspace=", "{}"), ("", new string('a', Piece + 1)) })
            {
                var answer = await given.Memory.SendAsync(route.Request(query, Route.Json(body), token: null));
                (answer.Status, answer.Code).ShouldBe((401, "unauthorized"), $"{route}{query}");
            }
        }

        (await given.Memory.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/v1/nowhere"))).Status.ShouldBe(401);
        (await given.Memory.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/v1/status"))).Status.ShouldBe(401);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_byte_more_than_a_route_accepts_is_413_with_a_code_on_every_route(bool chunked)
    {
        foreach (var route in given.Routes.Where(route => !route.IsWebhook))
        {
            var required = string.Concat(
                route
                    .Parameters.Where(parameter => parameter.IsRequired)
                    .DistinctBy(parameter => parameter.Name)
                    .Select((parameter, index) => $"{(index == 0 ? '?' : '&')}{parameter.Name}=2026-01-01")
            );
            var answer = await given.Memory.SendAsync(
                route.Request(
                    required,
                    Route.Json((route.Body == BodyContract.List ? "email" : "").PadRight(route.Body.MaxBytes + 1, '\n'), chunked)
                )
            );
            answer.Status.ShouldBe(413, $"{route}: {answer.Text}");
            answer.Code.ShouldBe(route.Body == BodyContract.List ? "list_too_large" : "body_too_large", route.ToString());
        }
    }

    [Fact]
    public async Task An_unknown_route_and_an_unsupported_method_have_codes()
    {
        (await OperatorAsync(HttpMethod.Get, "/v1/nowhere")).ShouldBe((404, "unknown_route"));
        (await OperatorAsync(HttpMethod.Delete, "/v1/status")).ShouldBe((405, "method_not_allowed"));
        (await OperatorAsync(HttpMethod.Get, "/v1/people/nobody/memberships")).ShouldBe((404, "unknown_route"));
        (await OperatorAsync(HttpMethod.Get, "/v1/audiences/a%07b")).ShouldBe((400, "invalid_address"));
        (await OperatorAsync(HttpMethod.Get, "/v1/audiences/" + new string('a', 201))).ShouldBe((400, "invalid_address"));
    }

    private static byte[] Chunk() => [.. "10000\r\n"u8, .. Enumerable.Repeat((byte)'a', Piece), .. "\r\n"u8];

    private async Task<(int Status, string? Code)> OperatorAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await given.Memory.Operator.SendAsync(request);
        var answer = await Answer.ReadAsync(response);
        return (answer.Status, answer.Code);
    }
}
