using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace AudienceSync.Host.Decisions;

/// <summary>Counts the decisions of one workspace, and measures how long they took.</summary>
public sealed class DecisionMetrics(string workspace, Counter<long> decisions, Counter<long> lost, Histogram<double> duration)
{
    private static readonly Dictionary<DecisionOutcome, string> Outcomes = Enum.GetValues<DecisionOutcome>()
        .ToDictionary(outcome => outcome, outcome => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString()));

    internal void Count(DecisionRecord decision)
    {
        var tags = new TagList { { "workspace", workspace }, { "source", decision.Source } };
        duration.Record(decision.Duration.TotalSeconds, tags);
        tags.Add("outcome", Outcomes[decision.Outcome]);
        decisions.Add(1, tags);
    }

    internal void CountLost() => lost.Add(1, new TagList { { "workspace", workspace } });
}
