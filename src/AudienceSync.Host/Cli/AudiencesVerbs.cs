using System.CommandLine;
using AudienceSync.Domain.Audiences;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Audiences;

namespace AudienceSync.Host.Cli;

/// <summary>What the verbs of <c>audiences</c> have in common: who and why, which workspace, the registry, and how its answer is printed.</summary>
internal sealed class AudiencesVerbs(Func<string, string?> environment)
{
    private readonly Option<string> _by = new("--by") { Description = "Who does it; the user of this process when left out." };
    private readonly Option<string> _why = new("--why") { Description = "The reason, kept in the history." };
    private readonly Option<string> _workspace = Arguments.Workspace();
    private readonly Option<bool> _json = new("--json") { Description = "Answer as JSON." };
    private readonly Option<string> _destination = new("--destination") { Description = "The ad account, as audiencesync.yaml names it." };
    private readonly Option<string> _remote = new("--remote") { Description = "The platform's id of the audience." };

    public Argument<string> Name { get; } = new("NAME") { Description = "The audience, without version." };

    public Argument<string> Key { get; } = new("KEY") { Description = "The audience with version: cart_7d_v2." };

    public static AudienceKey KeyOf(string text) =>
        AudienceKey.TryParse(text, out var key) ? key : throw new RegistryException(AudienceRefusal.NameInvalid);

    public string By(ParseResult parsed) => parsed.GetValue(_by) ?? environment("USER") ?? "cli";

    public string? Why(ParseResult parsed) => parsed.GetValue(_why);

    /// <summary>Null when no place is named: all of them.</summary>
    public RemoteAudience? Place(ParseResult parsed) => (parsed.GetValue(_destination), parsed.GetValue(_remote)) switch
    {
        (null, null) => null,
        var (destination, remote) => new RemoteAudience(destination ?? "", remote ?? ""),
    };

    public Command At(bool required, Command verb)
    {
        verb.Options.Add(_destination);
        verb.Options.Add(_remote);
        verb.Validators.Add(parsed =>
        {
            var given = new[] { parsed.GetResult(_destination), parsed.GetResult(_remote) }.Count(option => option is not null);
            if (given == 1 || (required && given == 0))
            {
                parsed.AddError("Say both --destination and --remote.");
            }
        });
        return verb;
    }

    public Command Change(
        string verb, string description, Argument<string> subject, Func<ParseResult, string, (string Audience, AudienceCommand Command)> command)
    {
        var change = new Command(verb, description) { subject, _by, _why, _workspace, _json };
        change.SetAction((parsed, cancellationToken) => RunAsync(parsed, cancellationToken, async table =>
        {
            var (audience, wanted) = command(parsed, parsed.GetRequiredValue(subject));
            return RegistryAnswer.Of(await new AudienceRegistry(table).ExecuteAsync(audience, wanted, cancellationToken), dryRun: false);
        }));
        return change;
    }

    public Command List()
    {
        var list = new Command("list", "Every audience with its keys and what they feed.") { _workspace, _json };
        list.SetAction((parsed, cancellationToken) => RunAsync(parsed, cancellationToken, async table =>
        {
            var views = new List<AudienceView>();
            foreach (var name in await table.ReadNamesAsync(cancellationToken))
            {
                views.Add(AudienceView.Of(await table.ReadAsync(name, cancellationToken), await table.DrainsAsync(name, cancellationToken)));
            }

            return views;
        }));
        return list;
    }

    public Command Show()
    {
        var show = new Command("show", "An audience with its keys and what they feed.") { Name, _workspace, _json };
        show.SetAction((parsed, cancellationToken) => RunAsync(parsed, cancellationToken, async table =>
        {
            var stored = await table.ReadAsync(parsed.GetRequiredValue(Name), cancellationToken);
            var drains = await table.DrainsAsync(stored.Audience.Name, cancellationToken);
            return stored.Version > 0 ? new List<AudienceView> { AudienceView.Of(stored, drains) } : throw Unknown(parsed);
        }));
        return show;
    }

    public Command History()
    {
        var history = new Command("history", "Who changed an audience, what, when and why.") { Name, _workspace, _json };
        history.SetAction((parsed, cancellationToken) => RunAsync(parsed, cancellationToken, async table =>
        {
            var changes = await table.HistoryAsync(parsed.GetRequiredValue(Name), cancellationToken);
            var drains = await table.DrainsAsync(parsed.GetRequiredValue(Name), cancellationToken);
            return changes.Count > 0 ? changes.ConvertAll(change => AudienceChangeView.Of(change, drains)) : throw Unknown(parsed);
        }));
        return history;
    }

    public Command Diff()
    {
        var to = new Argument<string>("TO") { Description = "The version that would feed instead." };
        var file = Arguments.File("--file");
        file.Description = "Write who would enter and who would leave there, as CSV of person ids.";
        var diff = new Command("diff", "Who would enter and who would leave if another version fed.") { Key, to, file, _workspace, _json };
        diff.SetAction((parsed, cancellationToken) => DatabaseVerb.RunAsync(parsed, environment, async connectionString =>
        {
            await using var database = new WorkspaceDatabase(connectionString, new WorkspaceName(parsed.GetRequiredValue(_workspace)));
            var (from, other) = (KeyOf(parsed.GetRequiredValue(Key)), KeyOf(parsed.GetRequiredValue(to)));
            var answer = await KeyDiff.ReadAsync(database, from, other, cancellationToken);
            if (parsed.GetValue(file) is { } target)
            {
                await using var people = target.CreateText();
                await KeyDiff.WritePeopleAsync(database, from, other, people, cancellationToken);
            }

            await AudiencesPrint.WriteAsync(parsed.InvocationConfiguration.Output, answer, parsed.GetValue(_json));
            return ExitCodes.Done;
        }, cancellationToken));
        return diff;
    }

    public Command Apply()
    {
        var file = Arguments.File("--file", "-f");
        file.Description = "Sections audiences and bindings, as in audiencesync.yaml.";
        file.Required = true;
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be changed." };
        var apply = new Command("apply", "Make the registry what a file declares. The same file again changes nothing.") { file, dryRun, _by, _why, _workspace, _json };
        apply.SetAction((parsed, cancellationToken) => RunAsync(parsed, cancellationToken, async table =>
        {
            var loader = new ConfigLoader(parsed.GetRequiredValue(file).FullName, environment);
            var config = loader.LoadAudiences();
            var declared = new AudiencePlanner(loader).Plan("declaration", config.Audiences, config.Bindings);
            var only = parsed.GetValue(dryRun);
            return RegistryAnswer.Of(await new AudienceRegistry(table).ApplyAsync(declared, By(parsed), Why(parsed), only, cancellationToken), only);
        }));
        return apply;
    }

    private RegistryException Unknown(ParseResult parsed) => new(AudienceRefusal.Unknown(parsed.GetRequiredValue(Name)));

    private Task<int> RunAsync<T>(ParseResult parsed, CancellationToken cancellationToken, Func<RegistryTable, Task<T>> work)
        where T : class =>
        DatabaseVerb.RunAsync(parsed, environment, async connectionString =>
        {
            await using var database = new WorkspaceDatabase(connectionString, new WorkspaceName(parsed.GetRequiredValue(_workspace)));
            var answer = await work(new RegistryTable(database, TimeProvider.System));
            await AudiencesPrint.WriteAsync(parsed.InvocationConfiguration.Output, answer, parsed.GetValue(_json));
            return ExitCodes.Done;
        }, cancellationToken);
}
