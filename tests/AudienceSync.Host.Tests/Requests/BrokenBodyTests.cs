using AudienceSync.Host.Requests;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>
/// Bodies that do not arrive completely, or are meaningless, on every operator route: a code, and no unhandled error in the log.
/// </summary>
public sealed class BrokenBodyTests(RouteHost given) : IClassFixture<RouteHost>
{
    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nabc", "400")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nzz\r\nabc", "400")]
    [InlineData("Content-Length: 100\r\n\r\n{", "408")]
    public async Task A_body_that_does_not_arrive_completely_has_a_code(string rest, string status)
    {
        var routes = given
            .Routes.Where(route => route.IsOperators && route.Method == "POST" && route.Parameters.All(parameter => !parameter.IsRequired))
            .ToList();
        routes.ShouldNotBeEmpty();
        await Task.WhenAll(
            routes.Select(async route =>
            {
                using var connection = await RawConnection.OpenAsync(given.Port);
                await connection.TrySendAsync(
                    $"{route.Method} {route.Path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                        + $"{TestHostFiles.OperatorToken}\r\nContent-Type: application/json\r\n{rest}"
                );
                var answer = await connection.ReadAsync();
                answer.ShouldStartWith($"HTTP/1.1 {status}", Case.Sensitive, $"{route}: {answer}");
                answer.ShouldContain("broken_request", Case.Sensitive, route.ToString());
            })
        );
        given.Port.LogLines.ShouldAllBe(line => !line.Contains("unhandled exception", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("/v1/people/suppressions", """{"customer_id":"c","reason":"a\u0000b"}""")]
    [InlineData("/v1/people/suppressions/lift", """{"customer_id":"c","reason":"a\u0000b"}""")]
    [InlineData("/v1/people/suppressions", """{"customer_id":"c","reason":"a\ud800b"}""")]
    [InlineData("/v1/people/suppressions", """{"customer_id":"c","\ud800":1}""")]
    [InlineData("/v1/people/suppressions/list?reason=%00", "customer_id\nc\n")]
    [InlineData("/v1/quarantine/release?reason=%00", "{}")]
    [InlineData("/v1/destinations/meta_main/pause", """{"remote":"a\u0000"}""")]
    [InlineData("/v1/destinations/meta_main/resume", """{"remote":"a\u0000"}""")]
    [InlineData("/v1/destinations/meta_main/resync", """{"remote":"a\u0000"}""")]
    [InlineData("/v1/destinations/meta_main/resync/cancel", """{"remote":"a\u0000"}""")]
    [InlineData("/v1/audiences/apply", """{"audiences":[null]}""")]
    [InlineData("/v1/audiences/apply", """{"audiences":[{"name":"a","versions":[null]}]}""")]
    [InlineData("/v1/audiences/apply", """{"audiences":[{"name":"a","versions":null}]}""")]
    [InlineData("/v1/audiences/apply", """{"bindings":[null]}""")]
    [InlineData("/v1/audiences/apply", """{"audiences":[{"name":null}]}""")]
    [InlineData("/v1/audiences/winback_45d/bindings", """{"destination":"meta_main"}""")]
    [InlineData("/v1/members/lookup", """{"email":"a\u0000@example.com"}""")]
    [InlineData("/v1/members/lookup", """{"email":["ann@example.com"]}""")]
    [InlineData("/v1/members/lookup", """{"mail":"ann@example.com"}""")]
    [InlineData("/v1/members/lookup", """{"email":"ann@example.com","email":"bob@example.com"}""")]
    [InlineData("/v1/members/lookup", "")]
    [InlineData("/v1/people/erasures", "null")]
    [InlineData("/v1/people/export", "[]")]
    public async Task A_meaningless_body_is_a_client_error_with_a_code(string path, string body)
    {
        using var response = await given.Memory.Operator.PostAsync(path, Route.Json(body));
        var answer = await Answer.ReadAsync(response);
        if (answer.Status == 200 && path.StartsWith("/v1/people/suppressions", StringComparison.Ordinal))
        {
            answer.Text.ShouldContain("warnings"); // The suppression takes effect; only its reason was dropped.
            return;
        }

        answer.Status.ShouldBeInRange(400, 499, answer.Text);
        answer.Code.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_null_character_in_a_query_string_is_refused()
    {
        using var response = await given.Memory.Operator.GetAsync("/v1/quarantine?reason=%00");
        ((int)response.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task No_refusal_repeats_what_was_sent()
    {
        const string Secret = "ann_of_example_com";
        (string Path, string? Body)[] requests =
        [
            ($"/v1/audiences/{Secret}", null),
            ($"/v1/audiences/{Secret}/history", null),
            ($"/v1/audiences/{Secret}/pause", "{}"),
            ($"/v1/keys/{Secret}_v1/retire", "{}"),
            ($"/v1/keys/{Secret}_v2/publish", "{}"),
            ($"/v1/keys/{Secret}_v1/diff/{Secret}_v2", null),
            ($"/v1/audiences/{Secret}/unbind", $$"""{"destination":"{{Secret}}","remote":"{{Secret}}"}"""),
            ("/v1/audiences/apply", $$"""{"audiences":[{"name":"{{Secret}}!"}]}"""),
            ("/v1/audiences/apply", $$"""{"audiences":[{"name":"{{Secret}}"},{"name":"{{Secret}}"}]}"""),
            (
                "/v1/audiences/apply",
                $$"""{"bindings":[{"audience":"{{Secret}}","key":"{{Secret}}","destination":"{{Secret}}","remote":"{{Secret}}"}]}"""
            ),
            ($"/v1/status?workspace={Secret}", null),
            ($"/v1/status?{Secret}=1", null),
            ($"/v1/{Secret}", null),
            ($"/v1/destinations/{Secret}/pause", "{}"),
            ("/v1/members/lookup", $$"""{"{{Secret}}":1}"""),
            ("/v1/members/lookup", $$"""{"customer_id":"{{Secret}}"}"""),
        ];
        foreach (var (path, body) in requests)
        {
            using var response = body is null
                ? await given.Memory.Operator.GetAsync(path)
                : await given.Memory.Operator.PostAsync(path, Route.Json(body));
            var answer = await Answer.ReadAsync(response);
            answer.Status.ShouldBeInRange(400, 499, $"{path}: {answer.Text}");
            answer.Text.ShouldNotContain(Secret, Case.Insensitive, path);
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_body_is_refused_on_every_route_that_accepts_a_body(string encoding)
    {
        foreach (
            var route in given.Routes.Where(route =>
                route.IsOperators && route.Body.Form != BodyForm.None && route.Parameters.All(parameter => !parameter.IsRequired)
            )
        )
        {
            var content = Route.Json("{}");
            content.Headers.ContentEncoding.Add(encoding);
            var answer = await given.Memory.SendAsync(route.Request(content: content));
            (answer.Status, answer.Code).ShouldBe((415, "unsupported_encoding"), route.ToString());
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-7")]
    public async Task A_json_route_accepts_json_in_utf8_with_any_charset_and_no_other_media_type(string type)
    {
        foreach (var route in given.Routes.Where(route => route.Body.Form == BodyForm.Json))
        {
            var content = Route.Json("{}");
            content.Headers.Remove("Content-Type");
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            var answer = await given.Memory.SendAsync(route.Request(content: content));
            answer.Status.ShouldBeLessThan(500, $"{route}: {answer.Text}");
            (answer.Status == 415).ShouldBe(type.StartsWith("text", StringComparison.Ordinal), $"{route}: {answer.Text}");
        }
    }
}
