using System.CommandLine;
using System.Text.Json;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Doctor;

/// <summary><c>doctor</c>: asks the running Host what is wrong without being an error.</summary>
internal static class DoctorCommand
{
    public static Command Create(Func<string, string?> environment)
    {
        var workspace = Arguments.Workspace();
        var json = new Option<bool>("--json") { Description = "Output as JSON." };
        var doctor = new Command(
            "doctor",
            "Look for misconfigurations of journeys, sources, keys and destinations. Exit code 4 when there are findings."
        )
        {
            workspace,
            json,
        };
        doctor.SetAction(
            (parsed, cancellationToken) =>
                HostVerb.RunAsync(
                    parsed,
                    async () =>
                    {
                        using var host = new HostClient(environment);
                        using var request = new HttpRequestMessage(HttpMethod.Get, HostVerb.In("/v1/doctor", parsed.GetValue(workspace)));
                        return await host.PrintAsync(request, parsed.GetValue(json), Print, HostVerb.Console(parsed), cancellationToken);
                    }
                )
        );
        return doctor;
    }

    private static int Print(TextWriter output, JsonElement view)
    {
        var findings = view.GetProperty("findings").EnumerateArray().ToList();
        var looked = view.GetProperty("checked").GetArrayLength();
        if (findings.Count == 0)
        {
            output.WriteLine($"Nothing found. {looked} kinds of findings were looked for.");
            return ExitCodes.Done;
        }

        TextTable.Print(output, ["severity", "finding", "subject", "evidence"], findings.Select(Row));
        foreach (var kind in findings.DistinctBy(finding => Text(finding, "code")))
        {
            output.WriteLine();
            output.WriteLine($"{Text(kind, "code")}: {Text(kind, "what")}");
            output.WriteLine($"  {Text(kind, "advice")}");
        }

        return ExitCodes.Findings;
    }

    private static string[] Row(JsonElement finding) =>
        [Text(finding, "severity"), Text(finding, "code"), Text(finding, "subject"), Evidence(finding)];

    private static string Evidence(JsonElement finding) =>
        string.Join(", ", finding.GetProperty("evidence").EnumerateObject().Select(fact => $"{fact.Name} {fact.Value}"));

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString() ?? "";
}
