using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace AudienceSync.Sandbox.Tests;

public sealed class Startup
{
    [Fact]
    public async Task A_port_in_use_is_reported_in_one_line_with_exit_code_2()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var (exitCode, errors) = await RunAsync("SANDBOX_URLS", $"http://127.0.0.1:{((IPEndPoint)holder.LocalEndpoint).Port}");
        exitCode.ShouldBe(2);
        errors.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain("already in use");
    }

    [Theory]
    [InlineData("SANDBOX_URLS", "ftp://x")]
    [InlineData("SANDBOX_URLS", "5480")]
    [InlineData("SANDBOX_CONFIG", "/no/such/file.json")]
    public async Task An_invalid_setting_is_named_in_one_line_with_exit_code_2(string name, string value)
    {
        var (exitCode, errors) = await RunAsync(name, value);
        exitCode.ShouldBe(2);
        errors.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(name);
    }

    [Fact]
    public void An_invalid_account_in_the_options_is_named()
    {
        var options = new SandboxOptions { Accounts = [new AccountSettings { Account = "1", Token = "secret-token" }] };
        var wrong = Should.Throw<SandboxSettingsException>(() => SandboxApp.Create(options, TimeProvider.System));
        wrong.Message.ShouldContain("act_");
        wrong.Message.ShouldNotContain("secret-token");
        options.Accounts[0].ToString().ShouldNotContain("secret-token");
    }

    [Fact]
    public async Task The_sandbox_serves_over_a_real_port_and_drops_a_real_connection()
    {
        var options = new SandboxOptions
        {
            Urls = "http://127.0.0.1:0",
            Accounts =
            [
                new AccountSettings
                {
                    Account = "act_1",
                    Token = "t",
                    Audiences = ["1"],
                },
            ],
        };
        await using var app = SandboxApp.Create(options, TimeProvider.System);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", "t");
        var body = new { payload = new { schema = Sample.Email, data = new[] { new[] { Sample.Hash("a") } } } };
        (await client.PostAsJsonAsync("/v25.0/1/users", body)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await client.PostAsJsonAsync("/admin/faults", new { kind = "drop_after", count = 1 });
        await Should.ThrowAsync<HttpRequestException>(() => client.PostAsJsonAsync("/v25.0/1/users", body));
    }

    private static async Task<(int ExitCode, string Errors)> RunAsync(string name, string value)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "AudienceSync.Sandbox.dll")])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var errors = await process.StandardError.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        return (process.ExitCode, errors);
    }
}
