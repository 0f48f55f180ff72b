using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>The sandbox platforms in memory, with one ad account.</summary>
public sealed class TestPlatform : IAsyncDisposable
{
    public const string Account = "act_1001";
    public const string Token = "meta-token-of-the-tests";

    private readonly WebApplication _app;

    private TestPlatform(WebApplication app)
    {
        _app = app;
        Admin = app.GetTestClient();
    }

    /// <summary>Client of <c>/admin</c>: lists, faults, calls.</summary>
    public HttpClient Admin { get; }

    /// <summary>A handler that routes calls of the Host to this platform.</summary>
    public HttpMessageHandler NewNetwork() => _app.GetTestServer().CreateHandler();

    public static async Task<TestPlatform> StartAsync(IReadOnlyList<string> remotes, TimeProvider clock)
    {
        var options = new SandboxOptions
        {
            Accounts =
            [
                new AccountSettings
                {
                    Account = Account,
                    Token = Token,
                    Audiences = remotes,
                },
            ],
        };
        var app = SandboxApp.Create(options, clock, builder => builder.WebHost.UseTestServer());
        await app.StartAsync();
        return new TestPlatform(app);
    }

    /// <summary>The digests of one column (EMAIL, PHONE) that a list holds.</summary>
    public async Task<HashSet<string>> HeldAsync(string remote, string column)
    {
        using var list = await Admin.GetFromJsonAsync<JsonDocument>($"/admin/lists/{remote}");
        return list!.RootElement.GetProperty("digests").TryGetProperty(column, out var digests)
            ? digests.EnumerateArray().Select(digest => digest.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
    }

    /// <summary>Scripts a fault, as docs/sandbox.md describes them.</summary>
    public async Task FaultAsync(object rule) =>
        (await Admin.PostAsJsonAsync("/admin/faults", rule)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Created);

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await _app.DisposeAsync();
    }
}
