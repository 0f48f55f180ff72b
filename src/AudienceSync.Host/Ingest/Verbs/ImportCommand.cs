using System.CommandLine;
using System.CommandLine.Parsing;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest.Importing;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.Ingest.Verbs;

/// <summary>
/// <c>events import</c>: a file of events, through the batch endpoint, with the rules and the deduplication of webhooks. What was
/// acknowledged is remembered beside the file, so that the same command continues.
/// </summary>
internal sealed class ImportCommand
{
    private const int DefaultInFlight = 4;
    private const int MaxInFlight = 32;
    private const int DefaultGiveUpS = 600;

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(60);

    private readonly Argument<FileInfo> _file = new("FILE")
    {
        Description = "Events as lines of JSON, or as CSV with a header; each also compressed by gzip. Recognized by its content.",
    };

    private readonly Option<string?> _source = new("--source")
    {
        Description = "Source of the events: its token and signing key are taken from the configuration.",
    };

    private readonly Option<FileInfo> _tokenFile = Arguments.File("--token-file");
    private readonly Option<FileInfo> _signingKeyFile = Arguments.File("--signing-key-file");
    private readonly Option<FileInfo> _state = Arguments.File("--state");
    private readonly Option<FileInfo> _rejected = Arguments.File("--rejected");

    private readonly Option<bool> _keepRejected = new("--keep-rejected")
    {
        Description = "Also write the rejected records themselves, which are personal data.",
    };

    private readonly Option<string[]> _map = new("--map")
    {
        Description =
            "CSV: FIELD=COLUMN pairs, separated by commas. A column named like a field needs none. --map customer_id=Kunde,email=Mail",
    };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "CSV: FIELD=VALUE for all records. --set event=audience_add --set audience_key=high_intent_cart_7d_v1",
    };

    private readonly Option<string?> _delimiter = new("--delimiter")
    {
        Description = "CSV: column separator: comma, semicolon, tab or pipe. Defaults to comma.",
    };

    private readonly Option<int> _inFlight = new("--in-flight")
    {
        Description = $"Batches of 500 events under way at a time, 1 to {MaxInFlight}.",
        DefaultValueFactory = _ => DefaultInFlight,
    };

    private readonly Option<int> _giveUp = new("--give-up-after")
    {
        Description = "Seconds without any answer after which the import stops.",
        DefaultValueFactory = _ => DefaultGiveUpS,
    };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Let the Host read everything as the operator, and store nothing. Needs --source.",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Output as JSON." };
    private readonly Option<string> _workspace = Arguments.Workspace();
    private readonly Func<string, string?> _environment;
    private readonly TimeProvider _clock;

    private ImportCommand(Func<string, string?> environment, TimeProvider clock)
    {
        (_environment, _clock) = (environment, clock);
        _tokenFile.Description = $"File with the source's token. Without it and --source: {ImportAccess.TokenVariable}.";
        _signingKeyFile.Description = $"File with the source's signing key, else {ImportAccess.SigningKeyVariable}.";
        _state.Description = "File that remembers how far the import got. Defaults to FILE.import-state.json.";
        _rejected.Description = "File for the records that were not accepted: line and code. Defaults to FILE.rejected.ndjson.";
    }

    /// <param name="environment">Environment variables of the process.</param>
    /// <param name="clock">Waits between attempts, and times.</param>
    public static Command Create(Func<string, string?> environment, TimeProvider clock)
    {
        var import = new ImportCommand(environment, clock);
        var command = new Command(
            "import",
            "Import events from a file through the batch endpoint. The same command continues an import that was stopped."
        )
        {
            import._file,
            import._source,
            import._tokenFile,
            import._signingKeyFile,
            import._state,
            import._rejected,
            import._keepRejected,
            import._map,
            import._set,
            import._delimiter,
            import._inFlight,
            import._giveUp,
            import._dryRun,
            import._json,
            import._workspace,
        };
        command.Validators.Add(import.Validate);
        command.SetAction(import.RunAsync);
        return command;
    }

    private void Validate(CommandResult given)
    {
        if (given.IsGiven(_dryRun) && !given.IsGiven(_source))
        {
            given.AddError("--dry-run needs --source.");
        }

        if (given.TextOf(_delimiter) is { } delimiter && !ListDelimiter.TryRead(delimiter, out _))
        {
            given.AddError("--delimiter must be comma, semicolon, tab or pipe.");
        }

        foreach (var (option, most) in new[] { (_inFlight, MaxInFlight), (_giveUp, 24 * 60 * 60) })
        {
            if (given.TextOf(option) is { } text && !(int.TryParse(text, out var number) && number >= 1 && number <= most))
            {
                given.AddError($"{option.Name} must be from 1 to {most}.");
            }
        }
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var error = parsed.InvocationConfiguration.Error;
        try
        {
            var options = Options(parsed);
            using var http = new HttpClient
            {
                BaseAddress = HostClient.Address(HostSettings.FromEnvironment(_environment).Urls),
                Timeout = CallTimeout,
            };
            var retries = new RetryWindow(TimeSpan.FromSeconds(parsed.GetValue(_giveUp)), _clock, new Random(Environment.TickCount));
            var sender = new ChunkSender(http, Target(parsed), retries, _clock);
            var report = await ImportProgress.RunAsync(
                error,
                show => new Importer(options, sender, _clock) { Progress = show }.RunAsync(cancellationToken)
            );
            await ImportPrint.PrintAsync(report, parsed.InvocationConfiguration.Output, parsed.GetValue(_json), parsed.GetValue(_dryRun));
            if (report.Failure is { } failure)
            {
                await error.WriteLineAsync($"audiencesync: {Failures.Explain(failure)}");
                return failure is RefusedException ? ExitCodes.Failed : ExitCodes.SetUp;
            }

            return !report.IsFinished ? ExitCodes.Interrupted
                : report.Counts.Refused > 0 ? ExitCodes.Failed
                : ExitCodes.Done;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception failure) when (Failures.Explain(failure) is { } line)
        {
            await error.WriteLineAsync($"audiencesync: {line}");
            return failure is RefusedException ? ExitCodes.Failed : ExitCodes.SetUp;
        }
    }

    private ImportOptions Options(ParseResult parsed)
    {
        var file = parsed.GetRequiredValue(_file).FullName;
        if (!File.Exists(file))
        {
            throw new SetupException("import_missing", "The file to import does not exist.");
        }

        var delimiter =
            parsed.GetValue(_delimiter) is { } name && ListDelimiter.TryRead(name, out var named) ? named : ListDelimiter.Default;
        var mapping =
            CsvMapping.Parse(parsed.GetValue(_map) ?? [], parsed.GetValue(_set) ?? [], delimiter, out var problem)
            ?? throw new SetupException("import_mapping", problem!);
        return new ImportOptions(
            file,
            parsed.GetValue(_dryRun) ? null : parsed.GetValue(_state)?.FullName ?? file + ".import-state.json",
            parsed.GetValue(_rejected)?.FullName ?? file + ".rejected.ndjson",
            parsed.GetValue(_keepRejected),
            parsed.GetValue(_source),
            mapping,
            parsed.GetValue(_inFlight)
        );
    }

    private ImportTarget Target(ParseResult parsed)
    {
        var (source, workspace) = (parsed.GetValue(_source), parsed.GetValue(_workspace)!);
        if (!parsed.GetValue(_dryRun))
        {
            return ImportAccess.Find(_environment, workspace, source, parsed.GetValue(_tokenFile), parsed.GetValue(_signingKeyFile));
        }

        var path = HostVerb.In($"/v1/sources/{Uri.EscapeDataString(source!)}/test", workspace);
        return new ImportTarget(path, HostClient.OperatorToken(_environment), SigningKey: null);
    }
}
