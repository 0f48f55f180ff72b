namespace AudienceSync.Shop.Decisions;

/// <summary>The comparison of sampled decisions with the oracle.</summary>
/// <param name="Checked">Answers that were compared.</param>
/// <param name="Skipped">Answers about somebody about whom a request was under way, or who cannot be evaluated.</param>
/// <param name="Fallbacks">Answers that state that there is none in time.</param>
/// <param name="Unanswered">Questions without an answer, for example while the engine was down.</param>
/// <param name="Wrong">Answers that differ from the oracle.</param>
/// <param name="Examples">Some of them, by the customer's number.</param>
internal sealed record DecisionFinding(int Checked, int Skipped, int Fallbacks, int Unanswered, int Wrong, IReadOnlyList<string> Examples)
{
    public static readonly DecisionFinding None = new(0, 0, 0, 0, 0, []);

    public DecisionFinding With(DecisionFinding other) =>
        new(
            Checked + other.Checked,
            Skipped + other.Skipped,
            Fallbacks + other.Fallbacks,
            Unanswered + other.Unanswered,
            Wrong + other.Wrong,
            [.. Examples, .. other.Examples]
        );
}
