using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.People;

/// <summary>The verbs that restrict the targeting of people, against a running Host.</summary>
public sealed class PermissionCommandTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(
            new TestHostOptions
            {
                RealPort = true,
                Clock = new OffsetClock(Sample.Now),
                Yaml = yaml =>
                    yaml.Replace(
                        "versions: [ { version: 1, window_d: 45 } ]",
                        "versions: [ { version: 1, consent_policy: required } ]",
                        StringComparison.Ordinal
                    ),
            }
        );
        await File.WriteAllTextAsync(_folder.Below("operator.token"), TestHostFiles.OperatorToken);
        await File.WriteAllTextAsync(_folder.Below("audiencesync.yaml"), "operator_token: { file: operator.token }\n");
        _environment["AUDIENCESYNC_CONFIG"] = _folder.Below("audiencesync.yaml");
        _environment["AUDIENCESYNC_URLS"] = _host.Http.BaseAddress!.ToString();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_person_or_a_list_is_suppressed_and_unsuppressed()
    {
        foreach (var name in new[] { "ann", "bob" })
        {
            await _host.PostAsync(Sample.Of(new() { ["customer_id"] = name, ["email"] = $"{name}@example.com" }));
        }

        await HeldAsync(0, 2);
        var who = Write("who.json", """{"email":"ann@example.com","reason":"asked by phone"}""");
        var list = Write("list.csv", "email\nbob@example.com\nno address\n");
        (await RunAsync("suppress", "--identifiers", who)).ShouldSatisfyAllConditions(
            run => run.ExitCode.ShouldBe(0, run.Error),
            run => run.Output.ShouldContain("receipt_id")
        );
        (await RunAsync("suppress", "--list", list, "--reason", "list & co")).Output.ShouldContain(
            "\"refused_lines\":[{\"line\":3,\"column\":\"email\",\"code\":\"white_space\"}]"
        );
        await HeldAsync(0, 0);

        (await RunAsync("unsuppress", "--list", list)).ExitCode.ShouldBe(0);
        await HeldAsync(0, 1);
        (await RunAsync("unsuppress", "--identifiers", who)).ExitCode.ShouldBe(0);
        await HeldAsync(0, 2);
        (await RunAsync("suppress")).ExitCode.ShouldNotBe(0);
        (await RunAsync("suppress", "--identifiers", who, "--list", list)).ExitCode.ShouldNotBe(0);
        foreach (var option in new[] { "--destination", "--reason", "--default-country", "--delimiter" })
        {
            var run = await RunAsync("suppress", "--identifiers", who, option, "GB");
            (run.ExitCode, run.Output.Contains("receipt_id", StringComparison.Ordinal)).ShouldBe((1, false), option);
            run.Error.ShouldContain($"{option} needs --list");
        }

        await HeldAsync(0, 2);
        (await RunAsync("suppress", "--list", "nowhere.csv")).Error.ShouldContain("identifiers_missing");
    }

    [Fact]
    public async Task A_key_that_requires_consent_waits_for_it()
    {
        var add = Sample.Of(new() { ["customer_id"] = "ann", ["email"] = "ann@example.com" });
        add["audience_key"] = "winback_45d_v1";
        (await _host.PostAsync(add)).Status.ShouldBe(200);
        await HeldAsync(1, 0);

        var half = Write("half.json", """{"customer_id":"ann","consent":{"ad_user_data":"granted"}}""");
        (await RunAsync("consent", "--identifiers", half)).ExitCode.ShouldBe(0);
        await HeldAsync(1, 0);
        var whole = Write("whole.json", """{"customer_id":"ann","consent":{"ad_personalization":"granted"}}""");
        (await RunAsync("consent", "--identifiers", whole)).ExitCode.ShouldBe(0);
        await HeldAsync(1, 1);
    }

    [Fact]
    public async Task A_national_number_in_a_file_is_read_by_the_country_beside_it()
    {
        await _host.PostAsync(Sample.Of(new() { ["phone"] = "+44 7700 900190", ["country"] = "GB" }));
        await HeldAsync(0, 1, "PHONE");
        var who = Write("who.json", """{"phone":"07700 900190","country":"GB"}""");

        (await RunAsync("suppress", "--identifiers", who)).ExitCode.ShouldBe(0);
        await HeldAsync(0, 0, "PHONE");
        (await RunAsync("unsuppress", "--identifiers", who)).ExitCode.ShouldBe(0);
        await HeldAsync(0, 1, "PHONE");
        var denied = Write("no.json", """{"phone":"(07700) 900190","country":"United Kingdom","consent":{"ad_user_data":"denied"}}""");
        (await RunAsync("consent", "--identifiers", denied)).ExitCode.ShouldBe(0);
        await HeldAsync(0, 0, "PHONE");
        var granted = Write("yes.json", """{"phone":"07700900190","country":"gb","consent":{"ad_user_data":"granted"}}""");
        (await RunAsync("consent", "--identifiers", granted)).ExitCode.ShouldBe(0);
        await HeldAsync(0, 1, "PHONE");

        var list = Write("list.csv", "phone\n07700 900190\n");
        (await RunAsync("suppress", "--list", list, "--default-country", "GB")).Output.ShouldContain("\"accepted\":1");
        await HeldAsync(0, 0, "PHONE");
        var semicolons = Write("list.csv", "phone;country\n07700 900190;GB\n");
        (await RunAsync("unsuppress", "--list", semicolons, "--delimiter", "semicolon", "--default-country", "US")).ExitCode.ShouldBe(0);
        await HeldAsync(0, 1, "PHONE");

        (await _host.ScalarAsync<long>("select count(*) from people")).ShouldBe(1, "it was one person all the time");
        (await RunAsync("show", "--export", "--identifiers", who)).Output.ShouldContain("+44 7700 900190");
        (await RunAsync("erase", "--identifiers", who)).Output.ShouldContain("\"waiting\"");
        await HeldAsync(0, 0, "PHONE");
    }

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.Below(name), text);
        return _folder.Below(name);
    }

    private Task<CommandRun> RunAsync(params string[] verb) => CommandRun.RunAsync(_environment, ["people", .. verb]);

    private async Task HeldAsync(int audience, int people, string column = "EMAIL")
    {
        await _host.WaitUntilQuietAsync();
        (await _host.Sandbox.HeldAsync(TestHost.Remote(audience), column)).Count.ShouldBe(people);
    }
}
