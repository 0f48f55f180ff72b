using System.CommandLine;
using System.Globalization;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Alerts;

/// <summary><c>alerts silence</c> and <c>alerts unsilence</c>.</summary>
internal static class SilenceCommands
{
    private const int MostHours = 24 * 90;

    public static Command Silence(Func<string, string?> environment)
    {
        var rule = new Option<string>("--rule") { Description = "Only this rule, for example removals_late." };
        var destination = new Option<string>("--destination") { Description = "Only this ad account." };
        var subject = new Option<string>("--subject") { Description = "Only this subject, or this audience." };
        var hours = new Option<int>("--hours") { Description = $"For how many hours, 1 to {MostHours}.", DefaultValueFactory = _ => 4 };
        var by = new Option<string>("--by") { Description = "Who silences it; defaults to the user of this process." };
        var why = new Option<string>("--why") { Description = "Reason, recorded with the silence." };
        var workspace = Arguments.Workspace();
        var silence = new Command("silence", "Send nothing about some alerts for a while; the recovery of what was sent is still sent.")
        {
            rule,
            destination,
            subject,
            hours,
            by,
            why,
            workspace,
        };
        silence.Validators.Add(given =>
        {
            // A malformed number is already refused.
            if (int.TryParse(given.TextOf(hours), CultureInfo.InvariantCulture, out var number) && (number is < 1 or > MostHours))
            {
                given.AddError($"--hours must be 1 to {MostHours}.");
            }
        });
        silence.SetAction(
            (parsed, cancellationToken) =>
                PostAsync(
                    parsed,
                    environment,
                    HostVerb.In("/v1/alerts/silences", parsed.GetValue(workspace)),
                    new
                    {
                        rule = parsed.GetValue(rule),
                        destination = parsed.GetValue(destination),
                        subject = parsed.GetValue(subject),
                        until = TimeProvider.System.GetUtcNow().AddHours(parsed.GetValue(hours)),
                        by = parsed.GetValue(by) ?? environment("USER") ?? "cli",
                        why = parsed.GetValue(why),
                    },
                    cancellationToken
                )
        );
        return silence;
    }

    public static Command End(Func<string, string?> environment)
    {
        var number = new Argument<long>("SILENCE") { Description = "Number of a silence, as shown by alerts list." };
        var by = new Option<string>("--by") { Description = "Who ends it; defaults to the user of this process." };
        var workspace = Arguments.Workspace();
        var end = new Command("unsilence", "End a silence now.") { number, by, workspace };
        end.SetAction(
            (parsed, cancellationToken) =>
                PostAsync(
                    parsed,
                    environment,
                    HostVerb.In(
                        $"/v1/alerts/silences/{parsed.GetValue(number).ToString(CultureInfo.InvariantCulture)}/end",
                        parsed.GetValue(workspace)
                    ),
                    new { by = parsed.GetValue(by) ?? environment("USER") ?? "cli" },
                    cancellationToken
                )
        );
        return end;
    }

    private static Task<int> PostAsync(
        ParseResult parsed,
        Func<string, string?> environment,
        string path,
        object body,
        CancellationToken cancellationToken
    ) =>
        HostVerb.RunAsync(
            parsed,
            async () =>
            {
                using var host = new HostClient(environment);
                return await host.SendAsync(HttpMethod.Post, path, HostBody.Text(body), HostVerb.Console(parsed), cancellationToken);
            }
        );
}
