using System.CommandLine;
using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Audiences.Verbs;

/// <summary>What the <c>audiences</c> commands share: author and reason, workspace, registry access and output.</summary>
internal sealed class AudiencesVerbs(Func<string, string?> environment)
{
    private readonly Option<string> _by = new("--by") { Description = "Author of the change; defaults to the user of this process." };
    private readonly Option<string> _why = new("--why") { Description = "Reason, recorded in the history." };
    private readonly Option<string> _workspace = Arguments.Workspace();
    private readonly Option<bool> _json = new("--json") { Description = "Output as JSON." };
    private readonly Option<string> _destination = new("--destination") { Description = "Ad account, by its name in audiencesync.yaml." };
    private readonly Option<string> _remote = new("--remote") { Description = "Platform id of the remote audience." };

    public Argument<string> Name { get; } = new("NAME") { Description = "Audience name, without version." };

    public Argument<string> Key { get; } = new("KEY") { Description = "Audience key, for example cart_7d_v2." };

    public static AudienceKey KeyOf(string text) =>
        AudienceKey.TryParse(text, out var key) ? key : throw new RegistryException(AudienceRefusal.NameInvalid);

    public string By(ParseResult parsed) => parsed.GetValue(_by) ?? environment("USER") ?? "cli";

    public string? Why(ParseResult parsed) => parsed.GetValue(_why);

    public string Workspace(ParseResult parsed) => parsed.GetRequiredValue(_workspace);

    public string? Destination(ParseResult parsed) => parsed.GetValue(_destination);

    /// <summary>Null when no remote audience is given: all of them.</summary>
    public RemoteAudience? Place(ParseResult parsed) =>
        (parsed.GetValue(_destination), parsed.GetValue(_remote)) switch
        {
            (null, null) => null,
            var (destination, remote) => new RemoteAudience(destination ?? "", remote ?? ""),
        };

    /// <param name="required">Whether a remote audience must be given.</param>
    /// <param name="verb">The command.</param>
    /// <param name="instead">An option that takes the place of the remote audience's id.</param>
    public Command At(bool required, Command verb, Option<bool>? instead = null)
    {
        verb.Options.Add(_destination);
        verb.Options.Add(_remote);
        verb.Validators.Add(parsed =>
        {
            if (instead is not null && parsed.GetValue(instead))
            {
                if (parsed.GetResult(_destination) is null || parsed.GetResult(_remote) is not null)
                {
                    parsed.AddError($"{instead.Name} needs --destination, and no --remote.");
                }

                return;
            }

            var given = new[] { parsed.GetResult(_destination), parsed.GetResult(_remote) }.Count(option => option is not null);
            if (given == 1 || (required && given == 0))
            {
                parsed.AddError("--destination and --remote must be given together.");
            }
        });
        return verb;
    }

    public Command Change(
        string verb,
        string description,
        Argument<string> subject,
        Func<ParseResult, string, (string Audience, AudienceCommand Command)> command
    )
    {
        var change = new Command(verb, description) { subject, _by, _why, _workspace, _json };
        change.SetAction((parsed, cancellationToken) => ChangeAsync(parsed, subject, command, cancellationToken));
        return change;
    }

    public Task<int> ChangeAsync(
        ParseResult parsed,
        Argument<string> subject,
        Func<ParseResult, string, (string Audience, AudienceCommand Command)> command,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            parsed,
            cancellationToken,
            async table =>
            {
                var (audience, wanted) = command(parsed, parsed.GetRequiredValue(subject));
                return RegistryAnswer.Of(
                    await new AudienceRegistry(table).ExecuteAsync(audience, wanted, cancellationToken),
                    dryRun: false
                );
            }
        );

    public Command List()
    {
        var list = new Command("list", "List audiences with their keys and bindings.") { _workspace, _json };
        list.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    cancellationToken,
                    async table =>
                    {
                        var views = new List<AudienceView>();
                        foreach (var name in await table.ReadNamesAsync(cancellationToken))
                        {
                            views.Add(
                                AudienceView.Of(
                                    await table.ReadAsync(name, cancellationToken),
                                    await table.DrainsAsync(name, cancellationToken),
                                    await table.ExperimentsAsync(name, cancellationToken)
                                )
                            );
                        }

                        return views;
                    }
                )
        );
        return list;
    }

    public Command Show()
    {
        var show = new Command("show", "Show an audience with its keys and bindings.") { Name, _workspace, _json };
        show.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    cancellationToken,
                    async table =>
                    {
                        var stored = await table.ReadAsync(parsed.GetRequiredValue(Name), cancellationToken);
                        var drains = await table.DrainsAsync(stored.Audience.Name, cancellationToken);
                        var experiments = await table.ExperimentsAsync(stored.Audience.Name, cancellationToken);
                        return stored.Version > 0
                            ? new List<AudienceView> { AudienceView.Of(stored, drains, experiments) }
                            : throw Unknown(parsed);
                    }
                )
        );
        return show;
    }

    public Command History()
    {
        var history = new Command("history", "Show the changes of an audience: who, what, when and why.") { Name, _workspace, _json };
        history.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    cancellationToken,
                    async table =>
                    {
                        var changes = await table.HistoryAsync(parsed.GetRequiredValue(Name), cancellationToken);
                        var drains = await table.DrainsAsync(parsed.GetRequiredValue(Name), cancellationToken);
                        return changes.Count > 0
                            ? changes.ConvertAll(change => AudienceChangeView.Of(change, drains))
                            : throw Unknown(parsed);
                    }
                )
        );
        return history;
    }

    public Command Diff()
    {
        var to = new Argument<string>("TO") { Description = "Key version to compare with." };
        var file = Arguments.File("--file");
        file.Description = "Also write the entering and leaving person ids to this file, as CSV.";
        var diff = new Command("diff", "Show how many members would enter and leave if another key version fed the bindings.")
        {
            Key,
            to,
            file,
            _workspace,
            _json,
        };
        diff.SetAction(
            (parsed, cancellationToken) =>
                DatabaseVerb.RunAsync(
                    parsed,
                    environment,
                    async connectionString =>
                    {
                        await using var database = new WorkspaceDatabase(
                            connectionString,
                            new WorkspaceName(parsed.GetRequiredValue(_workspace))
                        );
                        var (from, other) = (KeyOf(parsed.GetRequiredValue(Key)), KeyOf(parsed.GetRequiredValue(to)));
                        var answer = await KeyDiff.ReadAsync(database, from, other, cancellationToken);
                        if (parsed.GetValue(file) is { } target)
                        {
                            await using var people = target.CreateText();
                            await KeyDiff.WritePeopleAsync(database, from, other, people, cancellationToken);
                        }

                        await AudiencesPrint.WriteAsync(parsed.InvocationConfiguration.Output, answer, parsed.GetValue(_json));
                        return ExitCodes.Done;
                    },
                    cancellationToken
                )
        );
        return diff;
    }

    public Command Apply()
    {
        var file = Arguments.File("--file", "-f");
        file.Description = "File with the sections audiences and bindings, as in audiencesync.yaml.";
        file.Required = true;
        var dryRun = new Option<bool>("--dry-run") { Description = "Only print what would change." };
        var apply = new Command("apply", "Apply the declarations of a file to the registry. Idempotent.")
        {
            file,
            dryRun,
            _by,
            _why,
            _workspace,
            _json,
        };
        apply.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    cancellationToken,
                    async table =>
                    {
                        var loader = new ConfigLoader(parsed.GetRequiredValue(file).FullName, environment);
                        var config = loader.LoadAudiences();
                        var declared = new AudiencePlanner(loader).Plan("declaration", config.Audiences, config.Bindings);
                        var only = parsed.GetValue(dryRun);
                        return RegistryAnswer.Of(
                            await new AudienceRegistry(table).ApplyAsync(declared, By(parsed), Why(parsed), only, cancellationToken),
                            only
                        );
                    }
                )
        );
        return apply;
    }

    private RegistryException Unknown(ParseResult parsed) => new(AudienceRefusal.Unknown(parsed.GetRequiredValue(Name)));

    private Task<int> RunAsync<T>(ParseResult parsed, CancellationToken cancellationToken, Func<RegistryStore, Task<T>> work)
        where T : class =>
        DatabaseVerb.RunAsync(
            parsed,
            environment,
            async connectionString =>
            {
                await using var database = new WorkspaceDatabase(connectionString, new WorkspaceName(parsed.GetRequiredValue(_workspace)));
                var answer = await work(new RegistryStore(database, TimeProvider.System));
                await AudiencesPrint.WriteAsync(parsed.InvocationConfiguration.Output, answer, parsed.GetValue(_json));
                return ExitCodes.Done;
            },
            cancellationToken
        );
}
