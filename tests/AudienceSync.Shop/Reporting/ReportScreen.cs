using System.Globalization;
using Spectre.Console;

namespace AudienceSync.Shop.Reporting;

/// <summary>Prints the comparison for human readers.</summary>
internal static class ReportScreen
{
    public static void Show(IAnsiConsole console, RunReport report, int seed)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumn("audience");
        table.AddColumn("destination");
        foreach (var heading in new[] { "desired", "present", "delivered", "platform", "drift" })
        {
            table.AddColumn(new TableColumn(heading).RightAligned());
        }

        foreach (var audience in report.Audiences)
        {
            var drift = Number(audience.Drift);
            table.AddRow(
                audience.Key,
                audience.Destination,
                Number(audience.Desired),
                Number(audience.Present),
                Number(audience.Delivered),
                Number(audience.Platform),
                audience.Drift == 0 ? $"[green]{drift}[/]" : $"[red]{drift}[/]"
            );
        }

        console.Write(table);
        ShowCounts(console, report);
        foreach (
            var example in report
                .Decisions.Examples.Concat(report.Feedback.Examples)
                .Concat(report.Alerts.Examples)
                .Concat(report.Exposures.Examples)
        )
        {
            console.WriteLine($"  {example}");
        }

        foreach (var example in report.DriftExamples)
        {
            console.WriteLine($"  drift: {example}");
        }

        foreach (var failure in report.Failures)
        {
            console.WriteLine($"  failed: {failure}");
        }

        if (!report.IsGood)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  run it again with --seed {seed}"));
        }
    }

    private static void ShowCounts(IAnsiConsole console, RunReport report)
    {
        var (outcomes, decisions, feedback) = (report.Outcomes, report.Decisions, report.Feedback);
        console.WriteLine(
            $"outcomes: {Number(outcomes.Sent)} sent, {Number(outcomes.Kept)} kept, {Number(outcomes.Refused)} refused, "
                + $"{Number(report.Suppressed)} customers suppressed by them"
        );
        console.WriteLine(
            $"decisions: {Number(decisions.Checked)} checked, {Number(decisions.Wrong)} wrong, {Number(decisions.Fallbacks)} fallbacks, "
                + $"{Number(decisions.Skipped)} not comparable"
        );
        console.WriteLine(
            $"feedback: {Number(feedback.Facts)} facts, {Number(feedback.Missing)} missing, {Number(feedback.Doubled)} doubled, "
                + $"{Number(feedback.WrongAttributes)} wrong attributes, {Number(feedback.Refused)} refused by rule, "
                + $"{Number(feedback.Repeated)} repeated"
        );
        var (alerts, exposures) = (report.Alerts, report.Exposures);
        console.WriteLine(
            $"alerts: {Number(alerts.Notices)} notices, {Number(alerts.Sent)} accepted by channels, {Number(alerts.Missing)} missing, "
                + $"{Number(alerts.Unexpected)} unexpected at the end"
        );
        console.WriteLine(
            $"exposure log: {Number(exposures.Rows)} rows, {Number(exposures.Spells)} exported spells, "
                + $"{Number(exposures.People)} customers compared, {Number(exposures.Wrong)} wrong"
        );
    }

    public static void ShowApiAddress(IAnsiConsole console, Uri api, string headerFile)
    {
        console.WriteLine($"The API answers at {api}");
        console.Profile.Out.Writer.WriteLine($"  curl -s -H @{headerFile} {new Uri(api, "/v1/status")}");
    }

    private static string Number(int value) => value < 0 ? "?" : value.ToString("N0", CultureInfo.InvariantCulture);
}
