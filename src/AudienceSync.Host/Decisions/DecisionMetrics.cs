using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace AudienceSync.Host.Decisions;

/// <summary>Counts the decisions of one workspace, and measures how long they took.</summary>
public sealed class DecisionMetrics
{
    private static readonly Dictionary<DecisionOutcome, string> Outcomes = Enum.GetValues<DecisionOutcome>()
        .ToDictionary(outcome => outcome, outcome => JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString()));

    private readonly string _workspace;
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _lost;
    private readonly Histogram<double> _duration;

    /// <param name="workspace">The label.</param>
    /// <param name="decisions">Counts decisions.</param>
    /// <param name="lost">Counts those that are not in the log of decisions.</param>
    /// <param name="duration">Measures seconds.</param>
    public DecisionMetrics(string workspace, Counter<long> decisions, Counter<long> lost, Histogram<double> duration)
    {
        (_workspace, _decisions, _lost, _duration) = (workspace, decisions, lost, duration);
        lost.Add(0, Tags()); // So that it is printed while nothing is lost.
    }

    internal void Count(DecisionRecord decision)
    {
        var tags = Tags();
        tags.Add("source", decision.Source);
        _duration.Record(decision.Duration.TotalSeconds, tags);
        tags.Add("outcome", Outcomes[decision.Outcome]);
        _decisions.Add(1, tags);
    }

    internal void CountLost() => _lost.Add(1, Tags());

    private TagList Tags() => new() { { "workspace", _workspace } };
}
