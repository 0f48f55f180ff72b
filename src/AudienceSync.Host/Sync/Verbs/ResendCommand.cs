using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Sync.Verbs;

/// <summary>
/// <c>resend</c>: sends again what failed in a time. The same below <c>sync</c> and below <c>destinations</c>. Through the running Host,
/// which has the token.
/// </summary>
internal sealed class ResendCommand(Func<string, string?> environment)
{
    private readonly Argument<string> _name = new("NAME") { Description = "Ad account, by its name in audiencesync.yaml." };
    private readonly Option<string> _from = new("--from")
    {
        Description = "Begin of the time, for example 2026-11-21T17:00:00Z.",
        Required = true,
    };
    private readonly Option<string> _to = new("--to") { Description = "End of the time; until now when omitted." };
    private readonly Option<string> _remote = new("--remote") { Description = "Only this remote audience, by its platform id." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only print what would be sent." };
    private readonly Option<string> _by = new("--by") { Description = "Author of the request; defaults to the user of this process." };
    private readonly Option<string> _why = new("--why") { Description = "Reason, recorded with the request." };
    private readonly Option<string> _workspace = Arguments.Workspace();
    private readonly Option<bool> _json = new("--json") { Description = "Output as JSON." };

    public static Command Create(Func<string, string?> environment) => new ResendCommand(environment).Command();

    private Command Command()
    {
        var resend = new Command(
            "resend",
            "Send again what failed in a time, as it is desired today. Correct the cause and resume the account first.\n\n"
                + "Example: audiencesync sync resend meta_main --from 2026-11-21T17:00:00Z --to 2026-11-21T19:00:00Z --dry-run"
        )
        {
            _name,
            _from,
            _to,
            _remote,
            _dryRun,
            _by,
            _why,
            _workspace,
            _json,
        };
        foreach (var time in new[] { _from, _to })
        {
            time.Validators.Add(given =>
            {
                if (given.Tokens is [{ Value: var text }] && !MomentText.TryRead(text, out _))
                {
                    given.AddError($"{time.Name} must be a time in ISO 8601, for example 2026-11-21T17:00:00Z.");
                }
            });
        }

        resend.SetAction((parsed, cancellationToken) => RunAsync(parsed, cancellationToken));
        return resend;
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        HostVerb.RunAsync(
            parsed,
            async () =>
            {
                using var host = new HostClient(environment);
                var path = $"/v1/destinations/{Uri.EscapeDataString(parsed.GetRequiredValue(_name))}/resend";
                using var request = new HttpRequestMessage(HttpMethod.Post, HostVerb.In(path, parsed.GetValue(_workspace)))
                {
                    Content = HostBody.Of(BodyOf(parsed)),
                };
                return await host.PrintAsync(request, parsed.GetValue(_json), Print, HostVerb.Console(parsed), cancellationToken);
            }
        );

    private object BodyOf(ParseResult parsed) =>
        new
        {
            from = Moment(parsed.GetRequiredValue(_from)),
            to = parsed.GetValue(_to) is { } to ? Moment(to) : null,
            remote = parsed.GetValue(_remote),
            dry_run = parsed.GetValue(_dryRun),
            by = parsed.GetValue(_by) ?? environment("USER") ?? "cli",
            why = parsed.GetValue(_why),
        };

    private static string Moment(string text)
    {
        MomentText.TryRead(text, out var at);
        return at.ToString("O", CultureInfo.InvariantCulture);
    }

    private static int Print(TextWriter output, JsonElement answer)
    {
        var lists = answer.GetProperty("lists").EnumerateArray().ToList();
        TextTable.Print(
            output,
            ["remote", "key", "operation", "failed with", "people"],
            lists.SelectMany(list => list.GetProperty("failures").EnumerateArray().Select(failure => Row(list, failure)))
        );
        output.WriteLine();
        TextTable.Print(
            output,
            ["remote", "key", "adds", "removals", "former addresses", "sent anyway", "settled", "state"],
            lists.Select(Row)
        );
        if (answer.GetProperty("blocked").GetString() is { } code)
        {
            output.WriteLine();
            output.WriteLine($"Not ready: {code}. Correct it and resume the account, then send again.");
        }

        return ExitCodes.Done;
    }

    private static string[] Row(JsonElement list, JsonElement failure) =>
        [Text(list, "remote"), Text(list, "key"), Text(failure, "operation"), Text(failure, "result"), Number(failure, "people")];

    private static string[] Row(JsonElement list) =>
        [
            Text(list, "remote"),
            Text(list, "key"),
            Number(list, "adds"),
            Number(list, "removals"),
            Number(list, "former"),
            Number(list, "waiting"),
            Number(list, "settled"),
            list.GetProperty("is_kept").GetBoolean() ? "kept until it is resumed" : "sent",
        ];

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!;

    private static string Number(JsonElement parent, string name) =>
        parent.GetProperty(name).GetInt64().ToString(CultureInfo.InvariantCulture);
}
