using System.CommandLine;
using System.Text.Json;
using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Sync.Verbs;

/// <summary><c>destinations preview</c>: a call as it would be sent, for invented people. Sends nothing and reads no database.</summary>
internal static class PreviewCommand
{
    private const string Check = "check";

    private static readonly string[] Operations = ["add", "remove", Check];

    /// <param name="environment">Environment variables of the process.</param>
    /// <param name="network">Never used for a call; null for the real network.</param>
    public static Command Create(Func<string, string?> environment, HttpMessageHandler? network)
    {
        var name = new Argument<string>("NAME") { Description = "Destination, as shown by destinations list." };
        var operation = new Option<string>("--operation")
        {
            Description = $"The operation: {string.Join(", ", Operations)}.",
            DefaultValueFactory = _ => Operations[0],
        };
        var json = new Option<bool>("--json") { Description = "Output as JSON." };
        var workspace = Arguments.Workspace();
        var preview = new Command(
            "preview",
            "Show a call of a webhook destination for invented people, with secrets masked. Sends nothing."
        )
        {
            name,
            operation,
            json,
            workspace,
        };
        preview.Validators.Add(given =>
        {
            if (given.TextOf(operation) is { } text && !Operations.Contains(text, StringComparer.Ordinal))
            {
                given.AddError($"--operation must be one of: {string.Join(", ", Operations)}.");
            }
        });
        preview.SetAction(
            (parsed, _) =>
                DestinationsCommands.RunAsync(
                    parsed,
                    environment,
                    network,
                    async (config, loader, dependencies) =>
                    {
                        var call = Preview(
                            config,
                            new DestinationPlanner(loader, dependencies),
                            parsed.GetRequiredValue(workspace),
                            parsed.GetRequiredValue(name),
                            parsed.GetRequiredValue(operation)
                        );
                        await PrintAsync(call, parsed.InvocationConfiguration.Output, parsed.GetValue(json));
                        return ExitCodes.Done;
                    }
                )
        );
        return preview;
    }

    private static CallPreview Preview(
        AudienceSyncConfig config,
        DestinationPlanner planner,
        string workspace,
        string name,
        string operation
    )
    {
        var settings = config.Workspaces.GetValueOrDefault(workspace);
        if (settings?.Destinations.Find(destination => destination.Name == name) is not { } found)
        {
            throw new SetupException("unknown_destination", $"no destination is named {name}; destinations list shows them.");
        }

        MemberOperation? members = operation switch
        {
            "add" => MemberOperation.Add,
            "remove" => MemberOperation.Remove,
            _ => null,
        };
        var remote = settings.Bindings.Find(binding => binding.Destination == name)?.Remote is { Length: > 0 } bound ? bound : "audience-1";
        return
            planner.Plan(workspace, found).Connector is IPreviewsCalls previews
            && previews.Preview(members, new RemoteAudienceId(remote)) is { } call
            ? call
            : throw new SetupException(
                "no_preview",
                $"{name} has no such call to show: only webhook destinations have a preview, of {Check} only with templates.check."
            );
    }

    private static async Task PrintAsync(CallPreview call, TextWriter output, bool json)
    {
        if (json)
        {
            await output.WriteLineAsync(
                JsonSerializer.Serialize(
                    new
                    {
                        call.Method,
                        call.Url,
                        Headers = call.Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.Ordinal),
                        call.Body,
                    },
                    CliText.Json
                )
            );
            return;
        }

        await output.WriteLineAsync($"{call.Method} {call.Url}");
        foreach (var (header, value) in call.Headers)
        {
            await output.WriteLineAsync($"{header}: {value}");
        }

        if (call.Body.Length > 0)
        {
            await output.WriteLineAsync($"\n{call.Body}");
        }
    }
}
