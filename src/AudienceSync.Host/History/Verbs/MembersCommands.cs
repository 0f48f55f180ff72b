using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.Cli;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Requests;

namespace AudienceSync.Host.History.Verbs;

/// <summary>
/// <c>members</c>: lists the members of an audience now or at a time, the difference between two times, and the history of a person with
/// its explanation. A person is given as a uuid; an identifier is given by file or standard input, never on the command line.
/// </summary>
internal sealed class MembersCommands(Func<string, string?> environment)
{
    private readonly Argument<string> _key = new("KEY") { Description = "Audience key, for example cart_7d_v2." };
    private readonly Argument<Guid?> _person = Arguments.Uuid("PERSON");
    private readonly Option<string> _identifiers = new("--identifiers")
    {
        Description =
            "Instead of PERSON: a file, or - for standard input, with JSON: exactly one of customer_id, email, phone "
            + "(with country when national).",
    };

    private readonly Option<string> _mode = new("--mode")
    {
        Description = "happened: by the time events occurred, whenever they were received. known: by what had been recorded at that time.",
        DefaultValueFactory = _ => "happened",
    };

    private readonly Option<Guid> _after = new("--after")
    {
        Description = "Continue after this person id, as printed with the previous page.",
    };

    private readonly Option<int> _limit = new("--limit") { Description = "Members per page, 1 to 1000.", DefaultValueFactory = _ => 100 };
    private readonly Option<bool> _all = new("--all") { Description = "Print all pages; with --json, one object per line." };
    private readonly Option<bool> _csv = new("--csv") { Description = "Output as CSV." };
    private readonly Option<bool> _json = new("--json") { Description = "Output as JSON." };
    private readonly Option<string> _workspace = Arguments.Workspace();

    public static Command Create(Func<string, string?> environment)
    {
        var verbs = new MembersCommands(environment);
        verbs._person.Description = "Person uuid; omitted with --identifiers.";
        verbs._mode.AcceptOnlyFromAmong("happened", "known");
        verbs._limit.Validators.Add(given =>
        {
            if (
                given.Tokens is [var only]
                && !(
                    int.TryParse(only.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
                    && rows is >= 1 and <= Limits.PageRows
                )
            )
            {
                given.AddError("--limit must be a whole number from 1 to 1000.");
            }
        });
        return new Command("members", "Query who is or was in an audience, since when, and why.")
        {
            verbs.List(),
            verbs.Diff(),
            verbs.History(),
            verbs.Why(),
        };
    }

    private Command List()
    {
        var at = new Option<string?>("--at") { Description = "As of this time (ISO 8601); the current projection when omitted." };
        var list = new Command("list", "List members of an audience, including restricted ones.")
        {
            _key,
            at,
            _mode,
            _after,
            _limit,
            _all,
            _csv,
            _json,
            _workspace,
        };
        Moments(list, parsed => parsed.TextOf(at));
        list.SetAction(
            (parsed, cancellationToken) =>
                OfKeyAsync(
                    parsed,
                    cancellationToken,
                    (database, keys, key) =>
                        PagesAsync<MemberView>(
                            parsed,
                            async after =>
                            {
                                if (parsed.GetValue(at) is { } text)
                                {
                                    var page = await new MembersAsOf(new PastQueries(database), keys).ListAsync(
                                        key,
                                        Moment(text),
                                        Mode(parsed),
                                        after,
                                        parsed.GetValue(_limit),
                                        cancellationToken
                                    );
                                    return (page.Members, page.Next, page);
                                }

                                var members = await new MemberQueries(database).ListAsync(
                                    key.KeyId,
                                    after,
                                    parsed.GetValue(_limit),
                                    cancellationToken
                                );
                                var next = members.Count == parsed.GetValue(_limit) ? members[^1].Person : (Guid?)null;
                                return (members, next, new { members, next });
                            },
                            MembersPrint.MemberHead,
                            MembersPrint.Row
                        )
                )
        );
        return list;
    }

    private Command Diff()
    {
        var from = new Argument<string>("T1") { Description = "First time (ISO 8601)." };
        var to = new Argument<string>("T2") { Description = "Second time (ISO 8601)." };
        var diff = new Command("diff", "Show who entered and who left an audience between two times.")
        {
            _key,
            from,
            to,
            _mode,
            _after,
            _limit,
            _all,
            _csv,
            _json,
            _workspace,
        };
        Moments(diff, parsed => parsed.TextOf(from), parsed => parsed.TextOf(to));
        diff.SetAction(
            (parsed, cancellationToken) =>
                OfKeyAsync(
                    parsed,
                    cancellationToken,
                    (database, keys, key) =>
                        PagesAsync<MemberChange>(
                            parsed,
                            async after =>
                            {
                                var times = (Moment(parsed.GetRequiredValue(from)), Moment(parsed.GetRequiredValue(to)));
                                var page = await new MembersAsOf(new PastQueries(database), keys).DiffAsync(
                                    key,
                                    times,
                                    Mode(parsed),
                                    after,
                                    parsed.GetValue(_limit),
                                    cancellationToken
                                );
                                return (page.Changes, page.Next, page);
                            },
                            MembersPrint.ChangeHead,
                            MembersPrint.Row
                        )
                )
        );
        return diff;
    }

    private Command History()
    {
        var history = new Command("history", "Show a person's membership history in every audience, with the deciding events.")
        {
            _person,
            _identifiers,
            _json,
            _workspace,
        };
        Person(history);
        history.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    cancellationToken,
                    async database =>
                    {
                        var past = await PastAsync(database, cancellationToken);
                        return
                            await PersonAsync(parsed, cancellationToken) is { } person
                            && await past.HistoryAsync(person, cancellationToken) is { } found
                            ? MembersPrint.Write(parsed.InvocationConfiguration.Output, found, parsed.GetValue(_json))
                            : UnknownPerson(parsed);
                    }
                )
        );
        return history;
    }

    private Command Why()
    {
        // The key comes last, so that PERSON may be omitted.
        var arguments = new Argument<string[]>("PERSON KEY")
        {
            Description = "Person uuid (omitted with --identifiers) and audience key.",
            Arity = new ArgumentArity(1, 2),
        };
        var why = new Command("why", "Explain why a person is or is not in an audience: events, restrictions, deliveries, responses.")
        {
            arguments,
            _identifiers,
            _json,
            _workspace,
        };
        why.Validators.Add(parsed =>
        {
            var given = parsed.GetResult(arguments)?.Tokens.Select(token => token.Value).ToArray() ?? [];
            if (parsed.GetResult(_identifiers) is null ? given.Length != 2 || !Guid.TryParse(given[0], out _) : given.Length != 1)
            {
                parsed.AddError("Specify PERSON (a uuid) and KEY, or --identifiers and KEY.");
            }
        });
        why.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    cancellationToken,
                    async database =>
                    {
                        var given = parsed.GetRequiredValue(arguments);
                        var past = await PastAsync(database, cancellationToken);
                        var key = await past.KeyAsync(given[^1], cancellationToken) ?? throw UnknownKey(given[^1]);
                        var person = given.Length == 2 ? new PersonId(Guid.Parse(given[0])) : await LookUpAsync(parsed, cancellationToken);
                        return
                            person is { } known
                            && await new Explainer(past, new PersonTrailQueries(database)).ExplainAsync(known, key, cancellationToken)
                                is { } found
                            ? WhyPrint.Write(parsed.InvocationConfiguration.Output, found, parsed.GetValue(_json))
                            : UnknownPerson(parsed);
                    }
                )
        );
        return why;
    }

    private static void Moments(Command verb, params Func<System.CommandLine.Parsing.CommandResult, string?>[] moments) =>
        verb.Validators.Add(parsed =>
        {
            if (moments.Select(moment => moment(parsed)).OfType<string>().Any(text => !MomentText.TryRead(text, out _)))
            {
                parsed.AddError("Times must be in ISO 8601, for example 2026-11-21T17:00:00Z.");
            }
        });

    private void Person(Command verb) =>
        verb.Validators.Add(parsed =>
        {
            if (parsed.IsGiven(_person) == parsed.IsGiven(_identifiers))
            {
                parsed.AddError("Specify either PERSON (a uuid) or --identifiers.");
            }
        });

    private async Task<int> PagesAsync<T>(
        ParseResult parsed,
        Func<Guid, Task<(IReadOnlyList<T> Rows, Guid? Next, object Page)>> read,
        string[] head,
        Func<T, string[]> row
    )
    {
        var (output, all, csv) = (parsed.InvocationConfiguration.Output, parsed.GetValue(_all), parsed.GetValue(_csv));
        if (csv)
        {
            await output.WriteLineAsync(string.Join(',', head));
        }

        for (Guid? after = parsed.GetValue(_after); after is { } mark; )
        {
            var (rows, next, page) = await read(mark);
            MembersPrint.WritePage(output, (rows, page), (csv, parsed.GetValue(_json), all), head, row);
            after = all ? next : null;
            if (!all && next is { } more)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"There may be more; continue with --after {more}");
            }
        }

        return ExitCodes.Done;
    }

    private async Task<PersonPast> PastAsync(WorkspaceDatabase database, CancellationToken cancellationToken) =>
        new(
            new PastQueries(database),
            new PersonTrailQueries(database),
            await new AudienceKeyStore(database).OpenAsync(cancellationToken),
            TimeProvider.System
        );

    private async Task<PersonId?> PersonAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        parsed.GetValue(_person) is { } person ? new PersonId(person) : await LookUpAsync(parsed, cancellationToken);

    // Queries the running Host, because it has the secret that maps an identifier to a person. Null when the Host responded that there is
    // no such person.
    private async Task<PersonId?> LookUpAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var body = await IdentifiersFile.ReadAsync(parsed.GetValue(_identifiers)!, cancellationToken);
        await using var answer = new StringWriter();
        using var host = new HostClient(environment);
        var path = $"/v1/members/lookup?workspace={Uri.EscapeDataString(parsed.GetRequiredValue(_workspace))}";
        if (await host.SendAsync(HttpMethod.Post, path, body, (answer, TextWriter.Null), cancellationToken) != ExitCodes.Done)
        {
            return null;
        }

        using var found = JsonDocument.Parse(answer.ToString());
        return new PersonId(found.RootElement.GetProperty("person").GetGuid());
    }

    private static int UnknownPerson(ParseResult parsed)
    {
        parsed.InvocationConfiguration.Error.WriteLine("audiencesync: unknown_person: no such person.");
        return ExitCodes.Failed;
    }

    private static DateTimeOffset Moment(string text) => MomentText.TryRead(text, out var at) ? at : default;

    private AsOfMeaning Mode(ParseResult parsed) => MomentText.TryMode(parsed.GetValue(_mode), out var mode) ? mode : AsOfMeaning.Happened;

    private static RegistryException UnknownKey(string name) =>
        new(AudienceKey.TryParse(name, out var key) ? AudienceRefusal.KeyUnknown(key.Audience, key.Version) : AudienceRefusal.NameInvalid);

    private Task<int> OfKeyAsync(
        ParseResult parsed,
        CancellationToken cancellationToken,
        Func<WorkspaceDatabase, AudienceKeys, PublishedKey, Task<int>> work
    ) =>
        RunAsync(
            parsed,
            cancellationToken,
            async database =>
            {
                var name = parsed.GetRequiredValue(_key);
                var keys = await new AudienceKeyStore(database).OpenAsync(cancellationToken);
                return await work(database, keys, keys.ByName(name) ?? throw UnknownKey(name));
            }
        );

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken, Func<WorkspaceDatabase, Task<int>> work) =>
        DatabaseVerb.RunAsync(
            parsed,
            environment,
            async connectionString =>
            {
                await using var database = new WorkspaceDatabase(connectionString, new WorkspaceName(parsed.GetRequiredValue(_workspace)));
                return await work(database);
            },
            cancellationToken
        );
}
