using System.CommandLine;
using System.CommandLine.Parsing;

namespace AudienceSync.Bench.Ingest;

/// <summary><c>./bench ingest</c>: signed webhooks through HTTP into the log, with everything enabled.</summary>
internal static class IngestCommand
{
    // The share that `./run` measures for its shop.
    private const int ShopNewPeople = 18;

    private static readonly Option<int> Seconds = NumberOption.Of("--seconds", "Length of the measured window", 60, 3600);
    private static readonly Option<int> Connections = NumberOption.Of("--connections", "Keep-alive connections in a closed loop", 64, 1000);
    private static readonly Option<int> NewPeople = NumberOption.Of(
        "--new-people",
        "Of a hundred webhooks, how many are about a new person",
        ShopNewPeople,
        100
    );
    private static readonly Option<int> Seed = NumberOption.Of("--seed", "Seed of the random events", 20_261, int.MaxValue);
    private static readonly Option<string?> HostUrl = new("--host-url")
    {
        Description = "Load a running Host (http, IPv4) instead of starting one",
    };
    private static readonly Option<FileInfo?> TokenFile = new("--token-file") { Description = "With --host-url: the source's token" };
    private static readonly Option<FileInfo?> KeyFile = new("--key-file") { Description = "With --host-url: the source's signing key" };

    public static Command Build()
    {
        var command = new Command("ingest", "Signed webhooks per second through HTTP, latency, losses, memory")
        {
            Seconds,
            Connections,
            NewPeople,
            Seed,
            HostUrl,
            TokenFile,
            KeyFile,
        };
        command.Validators.Add(RequireSecrets);
        command.SetAction((parsed, cancel) => BenchRun.RunAsync(() => RunAsync(Read(parsed), cancel), cancel));
        return command;
    }

    private static async Task<int> RunAsync(IngestOptions options, CancellationToken cancel)
    {
        using var bench = new IngestBench(options, TimeProvider.System);
        return (await bench.RunAsync(cancel)).Print();
    }

    private static IngestOptions Read(ParseResult parsed) =>
        new(
            parsed.GetValue(Seconds),
            parsed.GetValue(Connections),
            parsed.GetValue(NewPeople),
            parsed.GetValue(Seed),
            parsed.GetValue(HostUrl) is { } url ? new Uri(url) : null,
            parsed.GetValue(TokenFile),
            parsed.GetValue(KeyFile)
        );

    private static void RequireSecrets(CommandResult result)
    {
        string? url = result.GetValue(HostUrl);
        if (url is not null && (!Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) || parsed.Scheme != Uri.UriSchemeHttp))
        {
            result.AddError("--host-url must be an address like http://127.0.0.1:5400.");
        }

        if (url is not null && (result.GetValue(TokenFile) is null || result.GetValue(KeyFile) is null))
        {
            result.AddError("--host-url needs --token-file and --key-file.");
        }
    }
}
