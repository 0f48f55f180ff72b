namespace AudienceSync.Sandbox.Faults;

/// <summary>
/// Bad times drawn from a seed: rules with a beginning and an end each, none of which outlives the end of all. The same request draws the
/// same rules, so a run that went wrong can be made again from its seed.
/// </summary>
internal sealed record SeededFaults
{
    private const int MaxRules = 10_000;
    private const int MostCalls = 3;
    private const int LongestDelayMs = 120_000;
    private const int LongestJobS = 6 * 3600;

    /// <summary>What an engine gets over by itself, without a human and without a resync.</summary>
    private static readonly FaultKind[] Passing =
    [
        FaultKind.Delay, FaultKind.DropBefore, FaultKind.DropAfter, FaultKind.Throttle, FaultKind.ServerError, FaultKind.HtmlError, FaultKind.ErrorIn200,
        FaultKind.NotEditable, FaultKind.Conflict, FaultKind.JobFails, FaultKind.JobLost, FaultKind.JobSlow, FaultKind.ReplaceRunning, FaultKind.ReplaceFails,
    ];

    private static readonly FaultOperation[] Operations = [FaultOperation.Add, FaultOperation.Remove, FaultOperation.RemoveAll, FaultOperation.Replace, FaultOperation.Erase];

    public required int Seed { get; init; }

    /// <summary>From then on nothing goes wrong.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Null for now.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Seconds between the beginnings of two bad times at one platform, on average.</summary>
    public int EveryS { get; init; } = 600;

    /// <summary>Null for all.</summary>
    public IReadOnlyList<string>? Platforms { get; init; }

    /// <summary>Null for those that pass without a human and without a resync.</summary>
    public IReadOnlyList<FaultKind>? Kinds { get; init; }

    /// <returns>What makes no sense, or null.</returns>
    public string? Complaint(DateTimeOffset now) => this switch
    {
        _ when Until <= (From ?? now) => "until must be after from, and after now",
        { EveryS: < 1 } => "every_s must be at least 1",
        { Platforms: { } platforms } when platforms.Any(name => Sandbox.Platforms.Find(name) is null) => $"platforms must be {Sandbox.Platforms.Names}",
        { Platforms: [] } or { Kinds: [] } => "platforms and kinds must be left out or not empty",
        _ when (Until - (From ?? now)).TotalSeconds / EveryS * Chosen().Count() > MaxRules => $"that would be more than {MaxRules} rules: say a larger every_s",
        _ => null,
    };

    /// <summary>The rules in the order in which they begin at each platform.</summary>
    public IReadOnlyList<FaultRule> Draw(DateTimeOffset now)
    {
        var rules = new List<FaultRule>();
        foreach (var row in Chosen())
        {
            // A platform's bad times do not depend on which others take part.
            var chance = new Random(HashCode(row.Name));
            var kinds = (Kinds ?? Passing).Where(kind => Operations.Any(operation => row.Faults.Knows(kind, operation))).ToArray();
            var at = (From ?? now) + Gap(chance);
            while (kinds.Length > 0 && at < Until && rules.Count < MaxRules)
            {
                rules.Add(One(row.Name, kinds[chance.Next(kinds.Length)], at, chance));
                at += Gap(chance);
            }
        }

        return rules;
    }

    private IEnumerable<PlatformRow> Chosen() => Sandbox.Platforms.All.Where(row => Platforms?.Contains(row.Name) != false);

    private TimeSpan Gap(Random chance) => TimeSpan.FromSeconds(1 + chance.Next(2 * EveryS));

    private FaultRule One(string platform, FaultKind kind, DateTimeOffset at, Random chance)
    {
        var left_s = (Until - at).TotalSeconds;
        var end = at + Gap(chance);
        return new FaultRule
        {
            Kind = kind,
            Platform = platform,
            Operation = OperationOf(platform, kind, chance),
            From = at,
            Until = end < Until ? end : Until,
            Count = 1 + chance.Next(MostCalls),
            // What it makes late is done by the end of all, too, as far as whole seconds go.
            DelayMs = kind == FaultKind.Delay ? (int)Math.Min(LongestDelayMs, left_s * 1000 * chance.NextDouble() / 2) : null,
            JobS = kind == FaultKind.JobSlow ? 1 + (int)Math.Min(LongestJobS, left_s * chance.NextDouble() / 2) : null,
            Seed = chance.Next(),
        };
    }

    // A kind that adds and removes do not know must name its operation.
    private static FaultOperation? OperationOf(string platform, FaultKind kind, Random chance)
    {
        var scope = Sandbox.Platforms.Find(platform)!.Faults;
        if (scope.Knows(kind, FaultOperation.Add))
        {
            return null;
        }

        var known = Array.FindAll(Operations, operation => scope.Knows(kind, operation));
        return known[chance.Next(known.Length)];
    }

    // The framework's hash of a string is another in every process.
    private int HashCode(string name) => name.Aggregate(Seed, static (hash, letter) => unchecked((hash * 31) + letter));
}
