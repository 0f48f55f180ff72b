using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Cli;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Holds;

namespace AudienceSync.Host.Sync.Verbs;

/// <summary>
/// The commands by which an operator pauses, resumes and approves. They are the same below <c>sync</c> and below <c>destinations</c>,
/// because operators look for them in both. They work on the database, and running Hosts pick up the change within a second.
/// </summary>
internal sealed class HoldCommands(Func<string, string?> environment)
{
    private readonly Option<string> _remote = new("--remote") { Description = "Only this remote audience, by its platform id." };
    private readonly Option<string> _by = new("--by") { Description = "Author of the change; defaults to the user of this process." };
    private readonly Option<string> _why = new("--why") { Description = "Reason, recorded with the change." };
    private readonly Option<string> _workspace = Arguments.Workspace();
    private readonly Option<bool> _json = new("--json") { Description = "Output as JSON." };
    private readonly Argument<string> _name = new("NAME") { Description = "Ad account, by its name in audiencesync.yaml." };

    public Command Pause() =>
        Verb(
            "pause",
            "Stop all calls, adds and removals, of an account or remote audience until it is resumed. Survives restarts.",
            _name,
            (holds, parsed, cancel) =>
                holds.PauseAsync(parsed.GetRequiredValue(_name), parsed.GetValue(_remote), By(parsed), parsed.GetValue(_why), cancel)
        );

    public Command Resume() =>
        Verb(
            "resume",
            "Resume what was paused or has stopped.",
            _name,
            (holds, parsed, cancel) => holds.ResumeAsync(parsed.GetRequiredValue(_name), parsed.GetValue(_remote), By(parsed), cancel)
        );

    public Command Approve()
    {
        var plan = new Argument<long>("PLAN") { Description = "Number of the plan, as shown by sync plan." };
        return Verb(
            "approve",
            "Approve a plan of very many removals. Valid for the counted removals and for one day.",
            plan,
            (holds, parsed, cancel) => holds.ApproveAsync(parsed.GetValue(plan), By(parsed), parsed.GetValue(_why), cancel)
        );
    }

    public Command Plan()
    {
        var show = new Command("plan", "Show pauses, and removals that wait for approval.") { _workspace, _json };
        show.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    async holds =>
                    {
                        Print(parsed, await holds.ReadAsync(cancellationToken));
                        return ExitCodes.Done;
                    },
                    cancellationToken
                )
        );
        return show;
    }

    private Command Verb(
        string verb,
        string description,
        Argument subject,
        Func<OperatorHolds, ParseResult, CancellationToken, Task<HoldAnswer>> act
    )
    {
        var command = new Command(verb, description) { subject, _by, _workspace, _json };
        foreach (var option in verb == "approve" ? [_why] : new[] { _remote, _why })
        {
            command.Options.Add(option);
        }

        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    parsed,
                    async holds =>
                    {
                        var answer = await act(holds, parsed, cancellationToken);
                        if (Refusal(answer) is { } line)
                        {
                            await parsed.InvocationConfiguration.Error.WriteLineAsync($"audiencesync: {line}");
                            return ExitCodes.Failed;
                        }

                        Print(parsed, await holds.ReadAsync(cancellationToken));
                        return ExitCodes.Done;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    /// <summary>One line with its code; null when the request was fulfilled.</summary>
    internal static string? Refusal(HoldAnswer answer) =>
        answer switch
        {
            HoldAnswer.UnknownTarget => "unknown_destination: no such account, or it feeds no such remote audience.",
            HoldAnswer.UnknownPlan => "unknown_plan: no plan has this number; sync plan shows those that wait for approval.",
            HoldAnswer.PlanEnded => "plan_ended: this plan was executed, or none of its removals are left.",
            HoldAnswer.InvalidNote => "invalid_reason: --by must have 1 to 100 characters, --why at most 500.",
            _ => null,
        };

    private string By(ParseResult parsed) => parsed.GetValue(_by) ?? environment("USER") ?? "cli";

    private Task<int> RunAsync(ParseResult parsed, Func<OperatorHolds, Task<int>> action, CancellationToken cancellationToken) =>
        DatabaseVerb.RunAsync(
            parsed,
            environment,
            async connectionString =>
            {
                await using var database = new WorkspaceDatabase(connectionString, new WorkspaceName(parsed.GetRequiredValue(_workspace)));
                return await action(new OperatorHolds(database, TimeProvider.System));
            },
            cancellationToken
        );

    private void Print(ParseResult parsed, Held held)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
        {
            output.WriteLine(JsonSerializer.Serialize(held, CliText.Json));
            return;
        }

        TextTable.Print(
            output,
            ["paused", "remote", "by", "why", "since", "waiting removals"],
            held.Pauses.Select(pause =>
                new[]
                {
                    pause.Destination,
                    pause.Remote ?? "all",
                    pause.By,
                    pause.Why ?? "",
                    CliText.Time(pause.At),
                    Number(pause.WaitingRemovals),
                }
            )
        );
        output.WriteLine();
        string[] planHead = ["plan", "account", "remote", "key", "kind", "removals", "of", "removed", "state", "since"];
        TextTable.Print(
            output,
            planHead,
            held.Plans.Select(plan =>
                new[]
                {
                    Number(plan.Plan),
                    plan.Destination,
                    plan.Remote,
                    plan.Key,
                    plan.Kind,
                    Number(plan.Removals),
                    Number(plan.Members),
                    Number(plan.Removed),
                    plan.State,
                    CliText.Time(plan.HeldAt),
                }
            )
        );
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
