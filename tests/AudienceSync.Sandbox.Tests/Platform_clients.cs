using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Sandbox.Google;
using Microsoft.AspNetCore.Builder;
using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

/// <summary>The platforms' official clients, as npm installs them: only their base address is changed.</summary>
public sealed class Platform_clients(SdkProject project) : IClassFixture<SdkProject>, IAsyncLifetime
{
    private const string GoogleAccount = "7693729833";
    private const string GoogleList = "7090784486";

    private static readonly TimeSpan ScriptTime = TimeSpan.FromMinutes(1);

    private WebApplication sandbox = null!;
    private HttpClient admin = null!;

    public async Task InitializeAsync()
    {
        var options = new SandboxOptions
        {
            Urls = "http://127.0.0.1:0",
            Accounts =
            [
                new AccountSettings { Account = "act_1", Token = "token-1" },
                new AccountSettings
                {
                    Platform = "google",
                    Account = GoogleAccount,
                    Token = "refresh",
                    Audiences = [GoogleList],
                    Google = new GoogleSettings { JobS = 0 },
                },
            ],
        };
        sandbox = SandboxApp.Create(options, TimeProvider.System);
        await sandbox.StartAsync();
        admin = new HttpClient { BaseAddress = new Uri(sandbox.Urls.Single()) };
    }

    public async Task DisposeAsync()
    {
        admin.Dispose();
        await sandbox.DisposeAsync();
    }

    [SkippableFact]
    public async Task Metas_client_creates_a_list_adds_removes_replaces_and_pages()
    {
        var list = await RunAsync("meta.mjs", sandbox.Urls.Single(), "token-1", "act_1");

        (await HeldAsync(list, "EMAIL")).ShouldBe([
            .. new[] { "eve", "fay" }.Select(name => Hash($"{name}@shop.example")).Order(StringComparer.Ordinal),
        ]);
    }

    [SkippableFact]
    public async Task Googles_client_ingests_removes_creates_lists_and_filters_them()
    {
        var list = await RunAsync("google.mjs", sandbox.Urls.Single(), "refresh", GoogleAccount, GoogleList);

        (await HeldAsync(list, "emailAddress")).ShouldBe([
            .. new[] { "ann", "cat" }.Select(name => Hash($"{name}@shop.example")).Order(StringComparer.Ordinal),
        ]);
        (await HeldAsync(list, "phoneNumber")).ShouldBe([Hash("+16577770000")]);
    }

    [Fact]
    public void The_lock_file_names_no_registry()
    {
        var locked = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sdk", "package-lock.json"));

        locked.ShouldNotContain("\"resolved\"");
        locked.ShouldContain("\"integrity\"");
    }

    private async Task<string> RunAsync(string script, params string[] arguments)
    {
        Skip.If(project.Missing is not null, project.Missing);
        var ended = await project.RunAsync(script, ScriptTime, arguments);
        ended.ExitCode.ShouldBe(0, ended.Output);
        var last = ended.Output.Split('\n').Last(line => line.StartsWith('{'));
        return JsonDocument.Parse(last).RootElement.GetProperty("list").GetString()!;
    }

    private async Task<string[]> HeldAsync(string list, string key)
    {
        var shown = await admin.GetFromJsonAsync<JsonElement>($"/admin/lists/{list}");
        return
        [
            .. shown
                .GetProperty("digests")
                .GetProperty(key)
                .EnumerateArray()
                .Select(digest => digest.GetString()!)
                .Order(StringComparer.Ordinal),
        ];
    }
}
