using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.People.Verbs;

/// <summary>
/// <c>people</c>: consent, suppression, erasure and export of a person's data. Identifiers come from a file or standard input, never from
/// the command line, which every user of the machine can read and which ends up in shell histories.
/// </summary>
internal static class PeopleCommands
{
    public static Command Create(Func<string, string?> environment) =>
        new("people", "Manage consent, suppression, erasure and data export of people.")
        {
            Permission(environment, "consent", "Record the consent of a person.", "/v1/people/consent"),
            Suppression(environment, "suppress", "Suppress a person, or everyone on a list.", "/v1/people/suppressions", lift: false),
            Suppression(
                environment,
                "unsuppress",
                "Lift the suppression of a person, or of everyone on a list.",
                "/v1/people/suppressions/lift",
                lift: true
            ),
            Erase(environment),
            Erasures(environment),
            Show(environment),
            LinkStops(environment),
            Realias(environment),
        };

    private static Command Permission(Func<string, string?> environment, string name, string description, string path)
    {
        var (identifiers, workspace) = (Identifiers(), Workspace());
        var command = new Command(name, description) { identifiers, workspace };
        command.SetAction(
            (parsed, cancellationToken) =>
                PostAsync(parsed, environment, path, parsed.GetRequiredValue(identifiers), parsed.GetValue(workspace), cancellationToken)
        );
        return command;
    }

    // One person by a JSON file, or many by a list.
    private static Command Suppression(Func<string, string?> environment, string name, string description, string path, bool lift)
    {
        var identifiers = new Option<string?>("--identifiers")
        {
            Description = $"A file, or - for standard input. {IdentifiersFile.Form} Optionally with destination and reason.",
        };
        var list = new Option<string?>("--list")
        {
            Description = "A CSV file with a header: customer_id, email, phone, email_sha256, phone_sha256_e164, phone_sha256_digits.",
        };
        var destination = new Option<string?>("--destination") { Description = "With --list: only at this destination." };
        var reason = new Option<string?>("--reason") { Description = "With --list: reason, without personal data." };
        var country = new Option<string?>("--default-country")
        {
            Description = "With --list: country of national phone numbers, two capital letters.",
        };
        var delimiter = new Option<string?>("--delimiter")
        {
            Description = "With --list: column separator: comma, semicolon, tab or pipe. Defaults to comma.",
        };
        var workspace = Workspace();
        var command = new Command(name, description) { identifiers, list, destination, reason, country, delimiter, workspace };
        command.Validators.Add(given =>
        {
            if (given.IsGiven(identifiers) == given.IsGiven(list))
            {
                given.AddError("Specify either --identifiers or --list.");
            }

            RequireList(given, list, destination, reason, country, delimiter);
        });
        string QueryOf(ParseResult parsed) =>
            Query(
                ("lift", lift ? "true" : null),
                ("destination", parsed.GetValue(destination)),
                ("reason", parsed.GetValue(reason)),
                ("default_country", parsed.GetValue(country)),
                ("delimiter", parsed.GetValue(delimiter)),
                ("workspace", parsed.GetValue(workspace))
            );
        command.SetAction(
            (parsed, cancellationToken) =>
                parsed.GetValue(list) is { } file
                    ? UploadListAsync(parsed, environment, file, QueryOf(parsed), cancellationToken)
                    : PostAsync(
                        parsed,
                        environment,
                        path,
                        parsed.GetRequiredValue(identifiers)!,
                        parsed.GetValue(workspace),
                        cancellationToken
                    )
        );
        return command;
    }

    // Ignored, one of these would suppress someone everywhere who was to be suppressed at one destination.
    private static void RequireList(CommandResult given, Option list, params Option[] ofList)
    {
        foreach (var option in ofList.Where(option => given.IsGiven(option) && !given.IsGiven(list)))
        {
            given.AddError($"{option.Name} needs --list. With --identifiers the file has it.");
        }
    }

    private static Task<int> UploadListAsync(
        ParseResult parsed,
        Func<string, string?> environment,
        string file,
        string query,
        CancellationToken cancellationToken
    ) =>
        HostVerb.RunAsync(
            parsed,
            async () =>
            {
                if (!File.Exists(file))
                {
                    throw new SetupException("identifiers_missing", "The list file does not exist.");
                }

                using var host = new HostClient(environment);
                return await host.UploadAsync("/v1/people/suppressions/list" + query, file, HostVerb.Console(parsed), cancellationToken);
            }
        );

    private static string Query(params (string Name, string? Value)[] fields) =>
        string.Concat(
            fields
                .Where(field => field.Value is not null)
                .Select((field, index) => $"{(index == 0 ? '?' : '&')}{field.Name}={Uri.EscapeDataString(field.Value!)}")
        );

    private static Command Erase(Func<string, string?> environment)
    {
        var (identifiers, workspace) = (Identifiers(), Workspace());
        var erase = new Command("erase", "Request the erasure of a person everywhere. Repeat to show the progress.")
        {
            identifiers,
            workspace,
        };
        erase.SetAction(
            (parsed, cancellationToken) =>
                PostAsync(
                    parsed,
                    environment,
                    "/v1/people/erasures",
                    parsed.GetRequiredValue(identifiers),
                    parsed.GetValue(workspace),
                    cancellationToken
                )
        );
        return erase;
    }

    private static Command Realias(Func<string, string?> environment)
    {
        var workspace = Workspace();
        var realias = new Command(
            "realias",
            "Recreate aliases of an older reader version from the vault. Status counts them. Can be interrupted and repeated."
        )
        {
            workspace,
        };
        realias.SetAction(
            (parsed, cancellationToken) =>
                HostVerb.RunAsync(
                    parsed,
                    async () =>
                    {
                        using var host = new HostClient(environment);
                        return await host.SendAsync(
                            HttpMethod.Post,
                            HostVerb.In("/v1/people/realias", parsed.GetValue(workspace)),
                            null,
                            HostVerb.Console(parsed),
                            cancellationToken
                        );
                    }
                )
        );
        return realias;
    }

    private static Command Erasures(Func<string, string?> environment)
    {
        var (id, workspace) = (new Option<Guid?>("--id") { Description = "Only this erasure." }, Workspace());
        var erasures = new Command("erasures", "List pending erasures, and the receipts of completed ones.") { id, workspace };
        erasures.SetAction(
            (parsed, cancellationToken) =>
                HostVerb.RunAsync(
                    parsed,
                    async () =>
                    {
                        using var host = new HostClient(environment);
                        var path = parsed.GetValue(id) is { } one ? $"/v1/people/erasures/{one}" : "/v1/people/erasures";
                        return await host.SendAsync(
                            HttpMethod.Get,
                            HostVerb.In(path, parsed.GetValue(workspace)),
                            null,
                            HostVerb.Console(parsed),
                            cancellationToken
                        );
                    }
                )
        );
        return erasures;
    }

    private static Command Show(Func<string, string?> environment)
    {
        var (identifiers, workspace) = (Identifiers(), Workspace());
        var export = new Option<bool>("--export") { Description = "Export all stored data, decrypted, as JSON.", Required = true };
        var show = new Command("show", "Show all data stored about a person.") { identifiers, export, workspace };
        show.SetAction(
            (parsed, cancellationToken) =>
                PostAsync(
                    parsed,
                    environment,
                    "/v1/people/export",
                    parsed.GetRequiredValue(identifiers),
                    parsed.GetValue(workspace),
                    cancellationToken
                )
        );
        return show;
    }

    private static Command LinkStops(Func<string, string?> environment)
    {
        var allow = new Option<Guid?>("--allow") { Description = "Person whose identifier may link without a limit from now on." };
        var workspace = Workspace();
        var stops = new Command("link-stops", "List identifiers that stopped linking because they came with too many emails or phones.")
        {
            allow,
            workspace,
        };
        stops.SetAction(
            (parsed, cancellationToken) =>
                HostVerb.RunAsync(
                    parsed,
                    async () =>
                    {
                        using var host = new HostClient(environment);
                        var (method, path) = parsed.GetValue(allow) is { } person
                            ? (HttpMethod.Post, $"/v1/people/link-stops/{person}/allow")
                            : (HttpMethod.Get, "/v1/people/link-stops");
                        return await host.SendAsync(
                            method,
                            HostVerb.In(path, parsed.GetValue(workspace)),
                            null,
                            HostVerb.Console(parsed),
                            cancellationToken
                        );
                    }
                )
        );
        return stops;
    }

    private static Option<string> Identifiers() =>
        new("--identifiers") { Description = $"A file, or - for standard input. {IdentifiersFile.Form}", Required = true };

    private static Option<string> Workspace() => Arguments.Workspace();

    private static Task<int> PostAsync(
        ParseResult parsed,
        Func<string, string?> environment,
        string path,
        string file,
        string? workspace,
        CancellationToken cancellationToken
    ) =>
        HostVerb.RunAsync(
            parsed,
            async () =>
            {
                var body = await IdentifiersFile.ReadAsync(file, cancellationToken);
                using var host = new HostClient(environment);
                return await host.SendAsync(
                    HttpMethod.Post,
                    HostVerb.In(path, workspace),
                    body,
                    HostVerb.Console(parsed),
                    cancellationToken
                );
            }
        );
}
