using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.Sync.Verbs;

/// <summary><c>sync status</c>: the state of each ad account and how long removals take there. From the running Host.</summary>
internal static class SyncStatusCommand
{
    public static Command Create(Func<string, string?> environment)
    {
        var (workspace, json) = (Arguments.Workspace(), new Option<bool>("--json") { Description = "Output as JSON." });
        var status = new Command("status", "Show the state of each ad account, and how long removals take.") { workspace, json };
        status.SetAction(
            (parsed, cancellationToken) =>
                HostVerb.RunAsync(
                    parsed,
                    async () =>
                    {
                        using var host = new HostClient(environment);
                        var path = HostVerb.In("/v1/status", parsed.GetRequiredValue(workspace));
                        return await host.PrintAsync(path, parsed.GetValue(json), Print, HostVerb.Console(parsed), cancellationToken);
                    }
                )
        );
        return status;
    }

    private static void Print(TextWriter output, JsonElement status)
    {
        var latencies = status.GetProperty("removal_latency").EnumerateArray().ToList();
        TextTable.Print(
            output,
            ["destination", "state", "pending calls", "removals, last hour: p50 / p99", "last day: p50 / p99"],
            status
                .GetProperty("destinations")
                .EnumerateArray()
                .Select(account =>
                    new[]
                    {
                        account.GetProperty("destination").GetString()!,
                        account.GetProperty("code").GetString() is { } code
                            ? $"{account.GetProperty("state").GetString()} {code}"
                            : account.GetProperty("state").GetString()!,
                        $"{account.GetProperty("pending_calls")}",
                        Latency(latencies, account.GetProperty("destination").GetString(), window_h: 1),
                        Latency(latencies, account.GetProperty("destination").GetString(), window_h: 24),
                    }
                )
        );
    }

    private static string Latency(List<JsonElement> latencies, string? destination, int window_h)
    {
        var found = latencies.Find(latency =>
            latency.GetProperty("destination").GetString() == destination && latency.GetProperty("window_h").GetInt32() == window_h
        );
        return found.ValueKind == JsonValueKind.Undefined
            ? "-"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{found.GetProperty("p50_s").GetDouble():0.0} s / {found.GetProperty("p99_s").GetDouble():0.0} s"
            );
    }
}
