using System.Globalization;
using System.Text.Json;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Audiences.Diff;
using AudienceSync.Host.Privacy.Verbs;

namespace AudienceSync.Host.Audiences.Verbs;

/// <summary>Output of the <c>audiences</c> commands, as text or as JSON.</summary>
internal static class AudiencesPrint
{
    public static async Task WriteAsync(TextWriter output, object answer, bool json)
    {
        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(answer, answer.GetType(), KeyStatusReport.JsonForm));
            return;
        }

        foreach (var line in Lines(answer))
        {
            await output.WriteLineAsync(line);
        }
    }

    private static IEnumerable<string> Lines(object answer) =>
        answer switch
        {
            RegistryAnswer plan => Of(plan),
            KeyDiff diff => Of(diff),
            IEnumerable<AudienceView> views => views.SelectMany(Of),
            IEnumerable<AudienceChangeView> changes => changes.Select(Of),
            _ => throw new ArgumentOutOfRangeException(nameof(answer), answer.GetType().Name, "No text format for this answer."),
        };

    private static IEnumerable<string> Of(KeyDiff diff)
    {
        yield return $"{diff.From} to {diff.To}: {Change(diff.Members.Stays, diff.Members.Enters, diff.Members.Leaves)}";
        foreach (var remote in diff.Remotes)
        {
            yield return $"{remote.Destination}/{remote.Remote} (fed by {remote.FedBy}, {Number(remote.Delivered)} delivered): "
                + $"{Change(remote.Stays, remote.Enters, remote.Leaves)}";
        }
    }

    private static string Change(long stay, long enter, long leave) => $"{Number(enter)} enter, {Number(leave)} leave, {Number(stay)} stay";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Of(RegistryAnswer plan)
    {
        foreach (var note in plan.Notes)
        {
            yield return $"note: {note}";
        }

        foreach (var change in plan.Changes)
        {
            yield return plan.DryRun ? $"would {change}" : change;
        }

        if (plan.Changes.Count == 0)
        {
            yield return "Nothing to change.";
        }
    }

    private static IEnumerable<string> Of(AudienceView audience)
    {
        var paused = audience.Paused ? " (paused)" : "";
        yield return $"{audience.Audience}{paused}: {audience.Purpose ?? "no purpose"}, owner {audience.Owner ?? "none"}";
        foreach (var key in audience.Keys)
        {
            _ = AudienceLabels.TryMatchKeys(key.MatchKeys, out var match);
            _ = AudienceLabels.TryPolicy(key.ConsentPolicy, out var consent);
            var state = key.State == "shadow" ? "" : ", " + key.State;
            yield return $"  {key.Key}: {RegistryText.Of(new KeyTerms(key.WindowS, match, consent, key.Inherits))}{state}";
            if (key.State == "drains" && key.Drains is [.., var drain])
            {
                yield return $"    {Of(drain)}";
            }
        }

        foreach (var binding in audience.Bindings)
        {
            yield return $"  {binding.Destination}/{binding.Remote} is fed by {binding.Key}"
                + (binding.RollsBackTo is { } back ? $", rolls back to {back}" : "")
                + (binding.Exclusive ? ", exclusive" : "");
        }

        foreach (var line in audience.Experiments.SelectMany(Of))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Of(ShownExperiment experiment)
    {
        var end = experiment.EndsAt is { } at ? $" to {at.UtcDateTime:yyyy-MM-dd HH:mm}Z" : "";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"  experiment {experiment.Name}, {experiment.State}: {experiment.Shares.Holdout:0.##} % held out "
                + $"from {experiment.StartsAt.UtcDateTime:yyyy-MM-dd HH:mm}Z{end}"
        );
        foreach (var arms in experiment.Sizes)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"    {arms.AudienceKey}: {Number(arms.Treatment)} in treatment, {Number(arms.Holdout)} held out, "
                    + $"chi square {arms.ChiSquare:0.###}"
                    + $"{(arms.SampleRatioMismatch ? " (the sizes do not fit the shares)" : "")}"
            );
        }
    }

    private static string Of(ShownDrain drain) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{drain.Kept:N0} late events of {drain.AudienceKey} kept"
                + $"{(drain.LateEvents == LateEvents.Quarantine ? $", {drain.Quarantined:N0} in quarantine" : "")} "
                + $"{(drain.Until is null ? "since" : "from")} {drain.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z"
                + $"{(drain.Until is { } until ? $" to {until.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z" : "")}"
        );

    private static string Of(AudienceChangeView change) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{change.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z {change.By}: "
                + $"{change.What}{(change.Why is { } why ? $" because {why}" : "")}{(change.Drain is { } drain ? $"; {Of(drain)}" : "")}"
        );
}
