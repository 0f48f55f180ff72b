using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.Cli;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Projection.Verbs;

/// <summary><c>audiences counters</c>: adds, removes, expiries and size of a key by hour.</summary>
internal static class CountersVerb
{
    private static readonly TimeSpan ByDefault = TimeSpan.FromDays(7);

    public static Command Create(Func<string, string?> environment, TimeProvider clock)
    {
        var key = new Argument<string>("KEY") { Description = "Audience key, for example cart_7d_v2." };
        var from = new Option<string?>("--from") { Description = "Start time (ISO 8601); seven days ago when omitted." };
        var to = new Option<string?>("--to")
        {
            Description = "End time (ISO 8601); now when omitted. Future hours contain the windows that will expire.",
        };
        var json = new Option<bool>("--json") { Description = "Output as JSON." };
        var workspace = Arguments.Workspace();
        var counters = new Command("counters", "Show adds, removes, expiries and size of a key by hour.")
        {
            key,
            from,
            to,
            json,
            workspace,
        };
        counters.Validators.Add(parsed =>
        {
            if (new[] { from, to }.Any(option => parsed.TextOf(option) is { } text && !MomentText.TryRead(text, out _)))
            {
                parsed.AddError("Times must be in ISO 8601, for example 2026-11-21T17:00:00Z.");
            }
        });
        counters.SetAction(
            (parsed, cancellationToken) =>
                DatabaseVerb.RunAsync(
                    parsed,
                    environment,
                    async connectionString =>
                    {
                        var name = parsed.GetRequiredValue(key);
                        await using var database = new WorkspaceDatabase(
                            connectionString,
                            new WorkspaceName(parsed.GetRequiredValue(workspace))
                        );
                        var published =
                            (await new AudienceKeyStore(database).OpenAsync(cancellationToken)).ByName(name)
                            ?? throw new RegistryException(
                                AudienceKey.TryParse(name, out var parts)
                                    ? AudienceRefusal.KeyUnknown(parts.Audience, parts.Version)
                                    : AudienceRefusal.NameInvalid
                            );
                        var begin = MomentText.TryRead(parsed.GetValue(from), out var given) ? given : clock.GetUtcNow() - ByDefault;
                        var end = MomentText.TryRead(parsed.GetValue(to), out given) ? given : clock.GetUtcNow();
                        Print(
                            parsed.InvocationConfiguration.Output,
                            name,
                            await new HourStore(database).ReadAsync(published.KeyId, begin, end, cancellationToken),
                            parsed.GetValue(json)
                        );
                        return ExitCodes.Done;
                    },
                    cancellationToken
                )
        );
        return counters;
    }

    private static void Print(TextWriter output, string key, IReadOnlyList<KeyHour> hours, bool json)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new { audience_key = key, hours }, CliText.Json));
            return;
        }

        TextTable.Print(
            output,
            ["hour", "adds", "removes", "expiries", "joined", "size"],
            hours.Select(hour =>
                new[]
                {
                    CliText.Time(hour.Hour),
                    Number(hour.Adds),
                    Number(hour.Removes),
                    Number(hour.Expiries),
                    Number(hour.Joined),
                    Number(hour.Size),
                }
            )
        );
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
