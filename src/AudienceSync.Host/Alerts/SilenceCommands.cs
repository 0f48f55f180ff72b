using System.CommandLine;
using System.Globalization;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Alerts;

/// <summary><c>alerts silence</c> and <c>alerts unsilence</c>.</summary>
internal sealed class SilenceCommands(Func<string, string?> environment)
{
    private const int DefaultHours = 4;
    private const int MostHours = 24 * 90;

    private readonly Option<string> _rule = new("--rule") { Description = "Only this rule, for example removals_late." };
    private readonly Option<string> _destination = new("--destination") { Description = "Only this ad account." };
    private readonly Option<string> _subject = new("--subject") { Description = "Only this subject, or this audience." };
    private readonly Option<string> _by = new("--by") { Description = "Author of the change; defaults to the user of this process." };
    private readonly Option<string> _why = new("--why") { Description = "Reason, recorded with the silence." };
    private readonly Option<string> _workspace = Arguments.Workspace();
    private readonly Option<int> _hours = new("--hours")
    {
        Description = $"For how many hours, 1 to {MostHours}.",
        DefaultValueFactory = _ => DefaultHours,
    };

    public Command Silence()
    {
        var silence = new Command("silence", "Send nothing about some alerts for a while; the recovery of what was sent is still sent.")
        {
            _rule,
            _destination,
            _subject,
            _hours,
            _by,
            _why,
            _workspace,
        };
        silence.Validators.Add(given =>
        {
            // A malformed number is already refused.
            if (int.TryParse(given.TextOf(_hours), CultureInfo.InvariantCulture, out var number) && (number is < 1 or > MostHours))
            {
                given.AddError($"--hours must be 1 to {MostHours}.");
            }
        });
        silence.SetAction((parsed, cancellationToken) => PostAsync(parsed, "/v1/alerts/silences", SilenceOf(parsed), cancellationToken));
        return silence;
    }

    public Command End()
    {
        var number = new Argument<long>("SILENCE") { Description = "Number of a silence, as shown by alerts list." };
        var end = new Command("unsilence", "End a silence now.") { number, _by, _workspace };
        end.SetAction(
            (parsed, cancellationToken) =>
                PostAsync(
                    parsed,
                    $"/v1/alerts/silences/{parsed.GetValue(number).ToString(CultureInfo.InvariantCulture)}/end",
                    new { by = By(parsed) },
                    cancellationToken
                )
        );
        return end;
    }

    private object SilenceOf(ParseResult parsed) =>
        new
        {
            rule = parsed.GetValue(_rule),
            destination = parsed.GetValue(_destination),
            subject = parsed.GetValue(_subject),
            until = TimeProvider.System.GetUtcNow().AddHours(parsed.GetValue(_hours)),
            by = By(parsed),
            why = parsed.GetValue(_why),
        };

    private string By(ParseResult parsed) => parsed.GetValue(_by) ?? environment("USER") ?? "cli";

    private Task<int> PostAsync(ParseResult parsed, string path, object body, CancellationToken cancellationToken) =>
        HostVerb.RunAsync(
            parsed,
            async () =>
            {
                using var host = new HostClient(environment);
                return await host.SendAsync(
                    HttpMethod.Post,
                    HostVerb.In(path, parsed.GetValue(_workspace)),
                    HostBody.Text(body),
                    HostVerb.Console(parsed),
                    cancellationToken
                );
            }
        );
}
