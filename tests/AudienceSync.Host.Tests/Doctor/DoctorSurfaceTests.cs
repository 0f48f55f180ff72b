using System.Text.Json;
using System.Text.RegularExpressions;
using AudienceSync.Domain.Doctor;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Doctor;

/// <summary>The doctor as a verb, over HTTP, and as its page describes it.</summary>
public sealed partial class DoctorSurfaceTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "doctor.md"));

    [Fact]
    public void The_page_has_every_finding_with_what_is_wrong_and_what_to_do() =>
        Row()
            .Matches(Page)
            .Select(row => (Cell(row, "code"), Cell(row, "severity"), Cell(row, "what"), Cell(row, "advice")))
            .ShouldBe(FindingKinds.All.Select(kind => (kind.Code, kind.Severity.ToString().ToLowerInvariant(), kind.What, kind.Advice)));

    [Fact]
    public async Task The_examples_of_the_page_run_and_a_finding_is_exit_code_4()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { RealPort = true });
        var outputs = new List<string>();
        foreach (var line in Block("sh").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split("  #")[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            words[0].ShouldBe("audiencesync");
            var run = await RunAsync(host, words[1..]);
            run.ExitCode.ShouldBe(4, $"{line}\n{run.Error}");
            outputs.Add(run.Output);
        }

        outputs.Count.ShouldBe(2);
        outputs[0].ShouldContain("source_unsigned");
        outputs[0].ShouldContain(FindingKinds.SourceUnsigned.Advice);
        var json = JsonDocument.Parse(outputs[1]).RootElement;
        DoctorStage
            .Found(json)
            .ShouldBe(["source_unsigned may_sign", "source_unsigned unsigned", "version_ended meta_main"], ignoreOrder: true);
        (await RunAsync(host, "doctor", "--workspace", "nowhere")).ExitCode.ShouldBe(1);
    }

    [Fact]
    public async Task Without_findings_the_exit_code_is_0_and_what_is_off_is_not_looked_for()
    {
        await using var host = await TestHost.StartAsync(DoctorTests.Healthy() with { RealPort = true });
        var run = await RunAsync(host, "doctor");
        (run.ExitCode, run.Output).ShouldBe(
            (0, $"Nothing found. {FindingKinds.All.Count} kinds of findings were looked for.{Environment.NewLine}")
        );

        await using var other = await TestHost.StartAsync(
            new TestHostOptions { RealPort = true, Yaml = yaml => WithDoctor(yaml, "{ off: [ source_unsigned, version_ended ] }") }
        );
        var off = await RunAsync(other, "doctor", "--json");
        off.ExitCode.ShouldBe(0, off.Error);
        var view = JsonDocument.Parse(off.Output).RootElement;
        view.GetProperty("off").EnumerateArray().Select(code => code.GetString()).ShouldBe(["source_unsigned", "version_ended"]);
        view.GetProperty("checked").GetArrayLength().ShouldBe(FindingKinds.All.Count - 2);
    }

    [Fact]
    public async Task The_section_of_the_page_can_be_used_and_an_unknown_code_is_refused()
    {
        await using var host = await TestHost.StartAsync(
            new TestHostOptions { Yaml = yaml => WithDoctor(yaml, Block("yaml").Split("doctor: ")[1].Split("  #")[0].Trim()) }
        );
        (await host.GetAsync("/v1/doctor")).GetProperty("off").GetArrayLength().ShouldBe(1);

        var refused = await Should.ThrowAsync<SetupException>(() =>
            TestHost.StartAsync(new TestHostOptions { Yaml = yaml => WithDoctor(yaml, "{ off: [ everything ] }") })
        );
        refused.Code.ShouldBe("config_invalid");
        refused.Message.ShouldContain("there is no finding everything");
    }

    private static string WithDoctor(string yaml, string doctor) =>
        yaml.Replace("  default:\n", $"  default:\n    doctor: {doctor}\n", StringComparison.Ordinal);

    private static string Block(string language) => Page.Split($"```{language}\n")[1].Split("```")[0];

    private static string Cell(Match row, string name) => row.Groups[name].Value.Trim();

    private static Task<CommandRun> RunAsync(TestHost host, params string[] args) =>
        CommandRun.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["AUDIENCESYNC_CONFIG"] = host.ConfigPath,
                ["AUDIENCESYNC_URLS"] = host.Http.BaseAddress!.ToString(),
            },
            args
        );

    [GeneratedRegex(
        @"^\| `(?<code>[a-z_]+)` \|(?<severity>[^|]*)\|(?<what>[^|]*)\|(?<advice>[^|]*)\|$",
        RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Row();
}
