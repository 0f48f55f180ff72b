using System.Globalization;
using System.Text.Json;
using AudienceSync.Domain.Exposures;
using AudienceSync.Host.Cli;

namespace AudienceSync.Host.History.Verbs;

/// <summary>
/// An explanation for people: the membership, then the events it follows from, then what was sent to the platforms and what they answered.
/// </summary>
internal static class WhyPrint
{
    public static int Write(TextWriter output, Explanation why, bool json)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(why, CliText.Json));
            return ExitCodes.Done;
        }

        var member = why.Membership;
        output.WriteLine($"person {why.Person}");
        var window = why.Key.WindowS is { } seconds ? Number($"window {seconds / 86_400:0.###} days") : "no window";
        output.WriteLine($"key {why.Key.AudienceKey}: {window}, consent {why.Key.ConsentPolicy}{(why.Key.Retired ? ", retired" : "")}");
        output.WriteLine(
            member.Status is { } status
                ? $"is {CliText.Word(status)} since {CliText.Time(member.Since)}"
                    + $"{(member.Until is { } until ? $", window until {CliText.Time(until)}" : "")}"
                : "no events for this key"
        );
        var restrictedAt = member.RestrictedAt.Count == 0 ? "" : $" ({string.Join(", ", member.RestrictedAt)})";
        output.WriteLine(
            member.Restrictions.Count == 0 ? "no restrictions" : $"restrictions: {string.Join(", ", member.Restrictions)}{restrictedAt}"
        );
        if (member.Arm is { } arm)
        {
            var of = why.Anchors.Count > 1 ? $", by the oldest anchor {arm.DecidedBy}" : "";
            output.WriteLine(
                $"experiment {arm.Experiment}: {(arm.Arm == ExposureArm.Holdout ? "held out, sent nowhere" : "treatment")}{of}"
            );
        }

        foreach (var anchor in why.Anchors)
        {
            var linked = anchor.LinkedTo is { } owner ? $", linked to {owner}" : "";
            output.WriteLine(Number($"anchor {anchor.Anchor} {anchor.Kind}, identifiers revision {anchor.Revision}{linked}"));
        }

        TextTable.Print(
            output,
            ["position", "event", "key", "occurred", "recorded", "source", "journey", "effect"],
            why.Events.Select(Row)
        );
        TextTable.Print(
            output,
            ["destination", "remote", "fed by", "delivered", "reason", "updated", "job", "last call"],
            why.Bindings.SelectMany(Rows)
        );
        return ExitCodes.Done;
    }

    private static string[] Row(ExplainedEvent one) =>
        [
            Number($"{one.Event.Position}"),
            one.Event.Summary,
            one.Event.AudienceKey ?? "",
            CliText.Time(one.Event.OccurredAt),
            CliText.Time(one.Event.RecordedAt),
            one.Event.Source ?? "",
            one.Event.Place ?? "",
            CliText.Word(one.Effect)
                + (one.By is { } by ? Number($" by {by}") : "")
                + (one.Permission is { } permission ? $", consent {CliText.Word(permission)}" : ""),
        ];

    private static IEnumerable<string[]> Rows(ExplainedBinding binding)
    {
        var call = binding.LastCalls.Count > 0 ? Call(binding.LastCalls[0]) : "none";
        var state = binding switch
        {
            { Bound: false } => " (unbound)",
            { Stopped: { } code } => $" ({code})",
            { Looked: false } => " (not processed yet)",
            _ => "",
        };
        return binding.Deliveries.Count == 0
            ?
            [
                [binding.Destination, binding.Remote, binding.FedBy + state, "never sent", "", "", "", call],
            ]
            : binding.Deliveries.Select(row =>
                new[]
                {
                    binding.Destination,
                    binding.Remote,
                    binding.FedBy + state,
                    Number($"{CliText.Word(row.Status)} revision {row.Revision}"),
                    row.Reason ?? "",
                    CliText.Time(row.UpdatedAt),
                    row.Job is { } job ? $"{job.State} {job.Code}" : "",
                    call,
                }
            );
    }

    private static string Call(TrailCall call) =>
        Number($"{CliText.Word(call.Operation)} of {call.Members} at {CliText.Time(call.SentAt)}: ")
        + Number($"{call.Code} {call.HttpStatus} {call.RequestId}");

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
