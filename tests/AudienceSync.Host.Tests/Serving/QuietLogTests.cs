using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Simulation;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>The log of a Host during a storage outage, filtered by the log levels of its own settings.</summary>
public sealed partial class QuietLogTests
{
    private const int Senders = 8;

    [Fact]
    public async Task A_storage_outage_under_eight_senders_is_one_line_per_loop_and_one_more_on_recovery()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        (await host.PostAsync(Sample.Event())).Status.ShouldBe(200);
        await host.WaitUntilQuietAsync();
        var before = Shown(host).Count;
        var answers = 0;
        await using (await Outage.StartAsync(host.Database))
        {
            using var end = new CancellationTokenSource(TimeSpan.FromSeconds(8));
            await Task.WhenAll(
                Enumerable
                    .Range(0, Senders)
                    .Select(async _ =>
                    {
                        while (!end.IsCancellationRequested)
                        {
                            (await host.PostAsync(Sample.Event())).Status.ShouldBe(503);
                            using var status = await host.Operator.GetAsync("/v1/status");
                            status.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
                            Interlocked.Add(ref answers, 2);
                        }
                    })
            );
        }

        (await host.PostAsync(Sample.Event())).Status.ShouldBe(200);
        await host.WaitUntilQuietAsync();
        await Waiting.UntilAsync(
            () => Task.FromResult(host.LogLines.Any(line => line.Contains("Account meta_main recovered"))),
            () => string.Join('\n', Shown(host))
        );

        answers.ShouldBeGreaterThan(100, "otherwise the test proves nothing");
        var lines = Shown(host).Skip(before).ToList();
        var text = string.Join('\n', lines);
        lines.ShouldNotContain(line => line.Contains("   at "), text);
        var interrupted = lines
            .Where(line => line.Contains(" interrupted: "))
            .Select(line => Loop().Match(line).Groups["loop"].Value)
            .ToList();
        interrupted.ShouldBeUnique();
        interrupted.ShouldContain("Projector");
        interrupted.ShouldContain("Ingest");
        // Thirteen loops with two lines each, the line of the requests, leases that are claimed again, and Wolverine's loss of the lead.
        lines.Count.ShouldBeLessThanOrEqualTo((2 * 13) + 1 + 6, text);
    }

    [Fact]
    public async Task A_client_that_aborts_its_request_logs_no_stack_trace()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { RealPort = true });
        foreach (var path in new[] { "/v1/webhooks/audience", "/v1/members/lookup" })
        {
            await SendAsync(host, Chunked(path, "zz\r\n{}"));
            await SendAsync(host, Chunked(path, "5\r\n{\"a"));
        }

        Shown(host).ShouldNotContain(line => line.Contains("   at "), string.Join('\n', Shown(host)));
    }

    // Neither the response nor its absence matters here.
    private static async Task SendAsync(TestHost host, string request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(host.Http.BaseAddress!.Host, host.Http.BaseAddress.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        connection.Client.Shutdown(SocketShutdown.Send);
        try
        {
            await stream.CopyToAsync(Stream.Null);
        }
        catch (IOException reset)
        {
            reset.InnerException.ShouldBeOfType<SocketException>(); // A server that left a body unread resets the connection.
        }
    }

    private static string Chunked(string path, string body) =>
        $"POST {path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {TestHostFiles.OperatorToken}\r\nContent-Type: application/json\r\n"
        + $"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{body}";

    // As LogSetup has it: the framework from Warning, the driver from Error, no outages at Wolverine.
    private static List<string> Shown(TestHost host) =>
        [
            .. host.LogLines.Where(line =>
                Level().Match(line) is { Success: true } match
                && (
                    match.Groups["level"].Value != "Information"
                    || match.Groups["category"].Value.StartsWith("AudienceSync", StringComparison.Ordinal)
                )
                && (
                    match.Groups["level"].Value != "Warning"
                    || !match.Groups["category"].Value.StartsWith("Npgsql", StringComparison.Ordinal)
                )
            ),
        ];

    [GeneratedRegex(
        "^(?<level>Information|Warning|Error|Critical) (?<category>[^:]+): ",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Level();

    [GeneratedRegex(": (?<loop>[^:]+) interrupted: ", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Loop();
}
