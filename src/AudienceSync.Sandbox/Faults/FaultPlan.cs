namespace AudienceSync.Sandbox.Faults;

/// <summary>A rule as the admin API returns it.</summary>
internal sealed record FaultView(int Id, FaultRule Rule, int Fired, int? Remaining);

/// <summary>The active rules, evaluated once by every call. The oldest rule that matches and fires applies.</summary>
internal sealed class FaultPlan(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly List<ActiveRule> rules = [];
    private int lastId;

    public FaultView Add(FaultRule rule)
    {
        lock (gate)
        {
            var activeRule = new ActiveRule(++lastId, rule);
            rules.Add(activeRule);
            return activeRule.View;
        }
    }

    public IReadOnlyList<FaultView> All()
    {
        lock (gate)
        {
            return [.. rules.Select(rule => rule.View)];
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            rules.Clear();
        }
    }

    public FaultRule? Next(string platform, string? audience, FaultOperation operation)
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            return rules.Find(rule => rule.Fires(platform, audience, operation, now))?.Rule;
        }
    }

    private sealed class ActiveRule(int id, FaultRule rule)
    {
        private readonly Random random = new(rule.Seed);
        private int fired;

        public FaultRule Rule => rule;

        public FaultView View => new(id, rule, fired, rule.Count - fired);

        public bool Fires(string platform, string? audience, FaultOperation operation, DateTimeOffset now)
        {
            if (
                fired == rule.Count
                || now < rule.From
                || now >= rule.Until
                || (rule.Audience is not null && rule.Audience != audience)
                || !(rule.Operation is { } named ? named == operation : FaultScope.IsMemberCall(operation))
                || (rule.Platform ?? platform) != platform
                || Platforms.Find(platform)?.Faults.Supports(rule.Kind, operation) != true
                || (rule.Probability is { } probability && random.NextDouble() >= probability)
            )
            {
                return false;
            }

            fired++;
            return true;
        }
    }
}
