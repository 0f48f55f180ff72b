using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Holding;
using AudienceSync.Host.Storage;

namespace AudienceSync.Host.Cli;

/// <summary>
/// The verbs by which an operator holds and lets go: the same below <c>sync</c> and below <c>destinations</c>, because both are looked for. They work on the
/// database, so running Hosts hear of them within a second.
/// </summary>
internal sealed class HoldCommands(Func<string, string?> environment)
{
    private readonly Option<string> _remote = new("--remote") { Description = "Only this remote audience, by the platform's id." };
    private readonly Option<string> _by = new("--by") { Description = "Who does it; the user of this process when left out." };
    private readonly Option<string> _why = new("--why") { Description = "The reason; it is kept." };
    private readonly Option<string> _workspace = Arguments.Workspace();
    private readonly Option<bool> _json = new("--json") { Description = "Answer as JSON." };
    private readonly Argument<string> _name = new("NAME") { Description = "The ad account, as audiencesync.yaml names it." };

    public Command Pause() => Word(
        "pause", "Make no call for an account or a list until it is resumed: neither adds nor removals. Survives restarts.", _name,
        (holds, parsed, cancel) => holds.PauseAsync(parsed.GetRequiredValue(_name), parsed.GetValue(_remote), By(parsed), parsed.GetValue(_why), cancel));

    public Command Resume() => Word(
        "resume", "Go on with what was paused or has stopped.", _name,
        (holds, parsed, cancel) => holds.ResumeAsync(parsed.GetRequiredValue(_name), parsed.GetValue(_remote), By(parsed), cancel));

    public Command Approve()
    {
        var plan = new Argument<long>("PLAN") { Description = "The number of the plan, as plan shows it." };
        return Word(
            "approve", "Say that a plan of very many removals is meant. It holds for what was counted, and for a day.", plan,
            (holds, parsed, cancel) => holds.ApproveAsync(parsed.GetValue(plan), By(parsed), parsed.GetValue(_why), cancel));
    }

    public Command Plan()
    {
        var show = new Command("plan", "What is held: pauses, and removals that wait for approval.") { _workspace, _json };
        show.SetAction((parsed, cancellationToken) => RunAsync(parsed, async holds =>
        {
            Print(parsed, await holds.ReadAsync(cancellationToken));
            return ExitCodes.Done;
        }, cancellationToken));
        return show;
    }

    private Command Word(string verb, string description, Argument subject, Func<OperatorHolds, ParseResult, CancellationToken, Task<HoldAnswer>> act)
    {
        var command = new Command(verb, description) { subject, _by, _workspace, _json };
        foreach (var option in verb == "approve" ? [_why] : new[] { _remote, _why })
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, async holds =>
        {
            var answer = await act(holds, parsed, cancellationToken);
            if (Refusal(answer) is { } line)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"audiencesync: {line}");
                return ExitCodes.Failed;
            }

            Print(parsed, await holds.ReadAsync(cancellationToken));
            return ExitCodes.Done;
        }, cancellationToken));
        return command;
    }

    /// <summary>One line with its code; null when it is as it was asked to be.</summary>
    internal static string? Refusal(HoldAnswer answer) => answer switch
    {
        HoldAnswer.UnknownPlace => "unknown_destination: no such account, or it feeds no such list.",
        HoldAnswer.UnknownPlan => "unknown_plan: no plan has this number; sync plan shows those that wait.",
        HoldAnswer.PlanEnded => "plan_ended: this plan was carried out, or nothing is left of it.",
        HoldAnswer.InvalidNote => "invalid_reason: --by has 1 to 100 characters, --why at most 500.",
        _ => null,
    };

    private string By(ParseResult parsed) => parsed.GetValue(_by) ?? environment("USER") ?? "cli";

    private Task<int> RunAsync(ParseResult parsed, Func<OperatorHolds, Task<int>> action, CancellationToken cancellationToken) =>
        DatabaseVerb.RunAsync(parsed, environment, async connectionString =>
        {
            await using var database = new WorkspaceDatabase(connectionString, new WorkspaceName(parsed.GetRequiredValue(_workspace)));
            return await action(new OperatorHolds(database, TimeProvider.System));
        }, cancellationToken);

    private void Print(ParseResult parsed, Held held)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
        {
            output.WriteLine(JsonSerializer.Serialize(held, MembersPrint.Json));
            return;
        }

        TextTable.Print(output, ["paused", "list", "by", "why", "since", "removals that wait"], held.Pauses.Select(pause => new[]
        {
            pause.Destination, pause.Remote ?? "all", pause.By, pause.Why ?? "", MembersPrint.Time(pause.At), Number(pause.WaitingRemovals),
        }));
        output.WriteLine();
        TextTable.Print(output, ["plan", "account", "list", "key", "kind", "removes", "of", "out", "state", "since"], held.Plans.Select(plan => new[]
        {
            Number(plan.Plan), plan.Destination, plan.Remote, plan.Key, plan.Kind, Number(plan.Removals), Number(plan.Members), Number(plan.Removed), plan.State,
            MembersPrint.Time(plan.HeldAt),
        }));
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
