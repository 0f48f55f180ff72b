using System.CommandLine;
using System.Text.RegularExpressions;
using AudienceSync.Host.Serving;
using AudienceSync.Host.Tests.Postgres;

namespace AudienceSync.Host.Tests.Cli;

/// <summary>The examples of docs/webhook-destination.md and docs/inbound.md work as they are printed.</summary>
public sealed class PreviewCommandTests : IDisposable
{
    private const string Token = "Bearer 0123456789-of-the-crm";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_example_of_the_page_has_a_preview_of_each_operation_without_secrets()
    {
        Configure(Example());
        var add = await RunAsync("preview", "crm");
        add.ExitCode.ShouldBe(0, add.Error);
        add.Output.ShouldSatisfyAllConditions(
            text => text.ShouldStartWith("PUT https://api.crm.example/v2/lists/winback/people\n"),
            text => text.ShouldContain("Authorization: ***\n"),
            text => text.ShouldContain("X-Api-Version: 2026-01\n"),
            text => text.ShouldContain("\"count\":2,\"people\":[{\"mail\":{\"sha256\":\""),
            text => text.ShouldContain("\"ref\":\"cust-42\""),
            text => text.ShouldNotContain(Token[7..]),
            text => text.ShouldNotContain("ann@")
        );
        (await RunAsync("preview", "crm", "--operation", "remove", "--json")).Output.ShouldContain("\"method\":\"DELETE\"");
        (await RunAsync("preview", "crm", "--operation", "check")).Output.ShouldStartWith("GET https://api.crm.example/v2/lists/winback\n");
        (await RunAsync("preview", "crm", "--operation", "refresh")).ExitCode.ShouldNotBe(0);
        (await RunAsync("preview", "nobody")).Error.ShouldContain("unknown_destination");
        (await RunAsync("list")).Output.ShouldContain("crm");
    }

    [Fact]
    public async Task A_fault_names_its_field_and_repeats_no_secret()
    {
        Configure(Example().Replace("{{members.count}}", "{{secret}}", StringComparison.Ordinal));
        var run = await RunAsync("preview", "crm");
        run.ExitCode.ShouldBe(2);
        run.Error.ShouldContain("templates.add.body has a placeholder that is not one of");
        run.Error.ShouldNotContain(Token[7..]);
    }

    [Fact]
    public void The_commands_of_the_page_for_senders_exist()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs/inbound.md")).Replace("\\\n", " ", StringComparison.Ordinal);
        var commands = Regex
            .Matches(page, "^audiencesync (?<args>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(match => match.Groups["args"].Value)
            .ToList();
        commands.Count.ShouldBe(3);
        foreach (var command in commands)
        {
            CommandLine.Create(_ => null).Parse(command).Errors.ShouldBeEmpty(command);
        }
    }

    private static string Example() =>
        Regex
            .Match(
                File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs/webhook-destination.md")),
                "```yaml\n(?<yaml>.*?)```",
                RegexOptions.Singleline | RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(1)
            )
            .Groups["yaml"]
            .Value;

    private void Configure(string destinations)
    {
        var indented = string.Concat(destinations.Split('\n').Select(line => $"    {line}\n"));
        File.WriteAllText(_folder.Below("crm.authorization"), Token + "\n");
        File.WriteAllText(
            _folder.Below("audiencesync.yaml"),
            $"workspaces:\n  default:\n{indented}    bindings:\n      - {{ audience: a, key: a_v1, destination: crm, remote: winback }}\n"
        );
        _environment["AUDIENCESYNC_CONFIG"] = _folder.Below("audiencesync.yaml");
    }

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync(_environment, ["destinations", .. args]);
}
