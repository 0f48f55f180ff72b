using System.Globalization;
using System.Text.RegularExpressions;
using AudienceSync.Host.Ingest.Reporting;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Outcomes;

/// <summary>The examples of docs/outcomes.md, as they stand there, against a Host; and the limits of docs/LIMITS.md.</summary>
public sealed partial class OutcomesPageTests
{
    [Fact]
    public async Task The_examples_of_the_page_work_as_they_are_written()
    {
        var page = Page("outcomes.md");
        var section = Block().Matches(page).Single(block => block.Groups["language"].Value == "yaml").Groups["text"].Value;
        await using var host = await TestHost.StartAsync(
            new TestHostOptions
            {
                Clock = new OffsetClock(Sample.Now),
                Secrets = new Dictionary<string, string>(StringComparer.Ordinal) { ["cio-reporting.key"] = ReportingStage.Key },
                Yaml = yaml =>
                    With(yaml, section.Replace("        allow_from: [ 35.188.196.183, 10.0.0.0/8 ]\n", "", StringComparison.Ordinal)),
            }
        );
        var reports = Block().Matches(page).Where(block => block.Groups["language"].Value == "json").ToList();
        reports.Count.ShouldBe(3);
        foreach (var report in reports)
        {
            (await host.StatusOfAsync(report.Groups["text"].Value)).ShouldBe("accepted");
            (await host.StatusOfAsync(report.Groups["text"].Value)).ShouldBe("duplicate");
        }

        await Deadline.UntilAsync(
            async () =>
                await host.ScalarAsync<long>(
                    "select count(*) from mt_events where type = 'person_suppressed' and data->>'reason' = 'hard_bounce'"
                ) == 1,
            () => "the suppression of the bounce"
        );
    }

    [Fact]
    public void The_limits_of_reports_are_those_of_the_page()
    {
        var rows = Limit()
            .Matches(Page("LIMITS.md"))
            .ToDictionary(row => row.Groups["name"].Value, row => int.Parse(row.Groups["value"].Value, CultureInfo.InvariantCulture));
        rows.ShouldBe(
            typeof(ReportLimits).GetFields().ToDictionary(field => field.Name, field => (int)field.GetValue(null)!),
            ignoreOrder: true
        );
    }

    // The two sections of the example, in the configuration of the tests.
    private static string With(string yaml, string example)
    {
        var (outcomes, sources) = (
            example[example.IndexOf("    outcomes:", StringComparison.Ordinal)..example.IndexOf("    sources:", StringComparison.Ordinal)],
            example[example.IndexOf("      - name:", StringComparison.Ordinal)..]
        );
        return yaml.Replace("  default:\n", "  default:\n" + outcomes, StringComparison.Ordinal)
            .Replace("    audiences:\n", sources + "    audiences:\n", StringComparison.Ordinal);
    }

    private static string Page(string name) => File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", name));

    [GeneratedRegex("```(?<language>[a-z]+)\n(?<text>.*?)```", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"\| (?<value>\d+) \|[^|]*\| `ReportLimits\.(?<name>\w+)` \|", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Limit();
}
