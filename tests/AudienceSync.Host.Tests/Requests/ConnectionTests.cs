using AudienceSync.Host.Configuration;
using AudienceSync.Host.Serving;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>Connections that send nothing or too little, and their effect on others.</summary>
public sealed class ConnectionTests
{
    private const int Connections = 20;

    [Fact]
    public async Task Idle_connections_that_fill_the_listener_are_closed_at_the_first_request_timeout_and_health_still_responds()
    {
        await using var host = await TestHost.StartAsync(
            new TestHostOptions
            {
                RealPort = true,
                MaxConnections = Connections,
                HealthListener = true,
            }
        );
        var idle = new List<RawConnection>();
        try
        {
            for (var index = 0; index < Connections; index++)
            {
                idle.Add(await RawConnection.OpenAsync(host));
            }

            await RefusedAsync(host);
            (await HealthAsync(host, "/health/live")).ShouldBe((200, "live"));
            (await HealthAsync(host, "/health/ready")).ShouldBe((200, "ready"));

            // Far less than the default of two minutes of the server.
            foreach (var connection in idle)
            {
                (await connection.EndsAsync()).ShouldBeTrue();
            }

            (await host.GetAsync("/v1/status")).GetProperty("quiet").GetBoolean().ShouldBeTrue();
        }
        finally
        {
            idle.ForEach(connection => connection.Dispose());
        }
    }

    [Fact]
    public async Task A_connection_that_never_completes_its_first_headers_is_closed_too()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { RealPort = true });
        using var slow = await RawConnection.OpenAsync(host);
        await slow.TrySendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n");
        (await slow.EndsAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_connection_that_has_made_its_first_request_may_be_idle_for_longer_than_a_new_one()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { RealPort = true });
        using var kept = await RawConnection.OpenAsync(host);
        using var idle = await RawConnection.OpenAsync(host);
        await kept.TrySendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
        (await kept.ReadAsync()).ShouldStartWith("HTTP/1.1 200");
        (await idle.EndsAsync()).ShouldBeTrue(); // So the first request timeout is over.
        await kept.TrySendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
        (await kept.ReadAsync()).ShouldStartWith("HTTP/1.1 200");
    }

    [Theory]
    [InlineData("POST /v1/people/consent", "Content-Length: 70000", 70_000, true)]
    [InlineData("POST /v1/webhooks/audience", "Content-Length: 70000", 70_000, true)]
    [InlineData("POST /v1/people/suppressions/list", "Content-Length: 20000000", 100_000, true)]
    [InlineData("PUT /nowhere", "Content-Length: 70000", 70_000, true)]
    [InlineData("POST /v1/people/consent", "Transfer-Encoding: chunked", 5, true)]
    [InlineData("POST /v1/people/consent", "Content-Length: 60000", 60_000, false)]
    [InlineData("POST /v1/webhooks/audience", "Content-Length: 60000", 60_000, false)]
    public async Task A_refusal_announces_the_end_of_its_connection_when_the_body_is_too_long_to_drain(
        string line,
        string header,
        int sent,
        bool ends
    )
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { RealPort = true });
        using var connection = await RawConnection.OpenAsync(host);
        await connection.TrySendAsync($"{line} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{header}\r\n\r\n");
        await connection.TrySendAsync(sent == 5 ? "0\r\n\r\n" : new string(' ', sent));
        var answer = await connection.ReadAsync();
        answer.ShouldStartWith("HTTP/1.1 401");
        answer.Contains("Connection: close", StringComparison.Ordinal).ShouldBe(ends, answer);
        if (!ends)
        {
            await connection.TrySendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
            (await connection.ReadUntilAsync("HTTP/1.1 200")).ShouldContain("HTTP/1.1 200");
        }
    }

    [Fact]
    public async Task The_health_listener_serves_nothing_else()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { RealPort = true, HealthListener = true });
        using var client = new HttpClient { BaseAddress = new Uri(host.HealthUrl) };
        client.DefaultRequestHeaders.Authorization = host.Operator.DefaultRequestHeaders.Authorization;
        foreach (var path in new[] { "/v1/status", "/v1/webhooks/audience", "/" })
        {
            using var answer = await client.GetAsync(path);
            ((int)answer.StatusCode).ShouldBe(401, path);
        }
    }

    [Theory]
    [InlineData("somewhere")]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("http://127.0.0.1:0/health")]
    public async Task An_invalid_url_for_health_is_refused(string url)
    {
        var refused = await Should.ThrowAsync<SetupException>(() => TestHost.StartAsync(new TestHostOptions { HealthUrl = url }));
        refused.Code.ShouldBe("health_url_invalid");
    }

    [Fact]
    public void The_page_of_limits_has_the_constants_of_connections()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "LIMITS.md"));
        page.ShouldContain($"| {ConnectionLimits.Connections:N0} connections | ");
        page.ShouldContain($"| {ConnectionLimits.FirstRequestS} seconds | ");
    }

    // The server closes a connection over the limit without sending a byte.
    private static async Task RefusedAsync(TestHost host)
    {
        using var one = await RawConnection.OpenAsync(host);
        await one.TrySendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
        (await one.ReadAsync()).ShouldBe("");
    }

    private static async Task<(int Status, string Text)> HealthAsync(TestHost host, string path)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(host.HealthUrl + path);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
