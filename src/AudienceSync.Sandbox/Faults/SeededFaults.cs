namespace AudienceSync.Sandbox.Faults;

/// <summary>
/// Fault periods generated from a seed: rules with a start and an end each, none of which ends after the overall end. The same request
/// generates the same rules, so a failed run can be reproduced from its seed.
/// </summary>
internal sealed record SeededFaults
{
    private const int MaxRules = 10_000;
    private const int MaxCalls = 3;
    private const int MaxDelayMs = 120_000;
    private const int MaxJobS = 6 * 3600;

    /// <summary>Faults that an engine recovers from without an operator and without a resync.</summary>
    private static readonly FaultKind[] Transient =
    [
        FaultKind.Delay,
        FaultKind.DropBefore,
        FaultKind.DropAfter,
        FaultKind.Throttle,
        FaultKind.ServerError,
        FaultKind.HtmlError,
        FaultKind.ErrorIn200,
        FaultKind.NotEditable,
        FaultKind.Conflict,
        FaultKind.JobFails,
        FaultKind.JobLost,
        FaultKind.JobSlow,
        FaultKind.ReplaceRunning,
        FaultKind.ReplaceFails,
    ];

    private static readonly FaultOperation[] Operations =
    [
        FaultOperation.Add,
        FaultOperation.Remove,
        FaultOperation.RemoveAll,
        FaultOperation.Replace,
        FaultOperation.Erase,
        FaultOperation.Feedback,
        FaultOperation.Alert,
    ];

    public required int Seed { get; init; }

    /// <summary>The overall end: no faults after this time.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Null for now.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Average number of seconds between the starts of two fault periods on one platform.</summary>
    public int EveryS { get; init; } = 600;

    /// <summary>Null for all.</summary>
    public IReadOnlyList<string>? Platforms { get; init; }

    /// <summary>Null for those that an engine recovers from without an operator and without a resync.</summary>
    public IReadOnlyList<FaultKind>? Kinds { get; init; }

    /// <returns>A validation error, or null.</returns>
    public string? Validate(DateTimeOffset now) =>
        this switch
        {
            _ when Until <= (From ?? now) => "until must be after from, and after now",
            { EveryS: < 1 } => "every_s must be at least 1",
            { Platforms: { } platforms } when platforms.Any(name => Sandbox.Platforms.Find(name) is null) =>
                $"platforms must be {Sandbox.Platforms.Names}",
            { Platforms: [] } or { Kinds: [] } => "platforms and kinds must be left out or not empty",
            _ when (Until - (From ?? now)).TotalSeconds / EveryS * SelectedPlatforms().Count() > MaxRules =>
                $"that would be more than {MaxRules} rules: use a larger every_s",
            _ => null,
        };

    /// <summary>The rules in the order of their start on each platform.</summary>
    public IReadOnlyList<FaultRule> Draw(DateTimeOffset now)
    {
        var rules = new List<FaultRule>();
        foreach (var row in SelectedPlatforms())
        {
            // The fault periods of a platform do not depend on which other platforms are selected.
            var random = new Random(HashCode(row.Name));
            var kinds = (Kinds ?? Transient).Where(kind => Operations.Any(operation => row.Faults.Supports(kind, operation))).ToArray();
            var at = (From ?? now) + Gap(random);
            while (kinds.Length > 0 && at < Until && rules.Count < MaxRules)
            {
                rules.Add(CreateRule(row.Name, kinds[random.Next(kinds.Length)], at, random));
                at += Gap(random);
            }
        }

        return rules;
    }

    private IEnumerable<PlatformRow> SelectedPlatforms() => Sandbox.Platforms.All.Where(row => Platforms?.Contains(row.Name) != false);

    private TimeSpan Gap(Random random) => TimeSpan.FromSeconds(1 + random.Next(2 * EveryS));

    private FaultRule CreateRule(string platform, FaultKind kind, DateTimeOffset at, Random random)
    {
        var secondsLeft = (Until - at).TotalSeconds;
        var end = at + Gap(random);
        return new FaultRule
        {
            Kind = kind,
            Platform = platform,
            Operation = OperationOf(platform, kind, random),
            From = at,
            Until = end < Until ? end : Until,
            Count = 1 + random.Next(MaxCalls),
            // Delayed work also completes before the overall end, to the precision of whole seconds.
            DelayMs = kind == FaultKind.Delay ? (int)Math.Min(MaxDelayMs, secondsLeft * 1000 * random.NextDouble() / 2) : null,
            JobS = kind == FaultKind.JobSlow ? 1 + (int)Math.Min(MaxJobS, secondsLeft * random.NextDouble() / 2) : null,
            Seed = random.Next(),
        };
    }

    // A kind that adds and removals do not support needs an explicit operation.
    private static FaultOperation? OperationOf(string platform, FaultKind kind, Random random)
    {
        var scope = Sandbox.Platforms.Find(platform)!.Faults;
        if (scope.Supports(kind, FaultOperation.Add))
        {
            return null;
        }

        var known = Array.FindAll(Operations, operation => scope.Supports(kind, operation));
        return known[random.Next(known.Length)];
    }

    // The framework's string hash differs in every process.
    private int HashCode(string name) => name.Aggregate(Seed, static (hash, letter) => unchecked((hash * 31) + letter));
}
