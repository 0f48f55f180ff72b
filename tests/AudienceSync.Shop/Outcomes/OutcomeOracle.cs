namespace AudienceSync.Shop.Outcomes;

/// <summary>
/// Determines from the acknowledged outcomes alone, by the default policy, who may not be targeted and whom email does not reach. A hard
/// bounce and a complaint suppress everywhere; soft bounces, refused messages and preferences do not.
/// </summary>
internal sealed class OutcomeOracle
{
    private readonly ILookup<int, OutcomeEvent> _byCustomer;

    /// <param name="acknowledged">Any order, any number of times.</param>
    public OutcomeOracle(IEnumerable<OutcomeEvent> acknowledged)
    {
        _byCustomer = acknowledged
            .Where(item => item.Flaw == OutcomeFlaw.None)
            .DistinctBy(item => item.Number)
            .ToLookup(item => item.Customer);
        Suppressed = _byCustomer.Select(outcomes => outcomes.Key).Where(IsSuppressed).ToHashSet();
    }

    /// <summary>Numbers of customers.</summary>
    public IReadOnlySet<int> Suppressed { get; }

    /// <summary>Customers about whom outcomes were acknowledged.</summary>
    public IEnumerable<int> Customers => _byCustomer.Select(outcomes => outcomes.Key);

    public bool IsSuppressed(int customer) =>
        _byCustomer[customer].Any(item => item.Kind is OutcomeKind.HardBounced or OutcomeKind.Complained);

    /// <summary>Whether email reaches the customer.</summary>
    public bool IsEmailDeliverable(int customer, DateTimeOffset now)
    {
        var emails = _byCustomer[customer].Where(item => item.Channel == OutcomeChannel.Email).ToList();
        var delivered = emails.Where(item => item.Kind == OutcomeKind.Delivered).Select(item => item.At).DefaultIfEmpty().Max();
        var since = now.AddDays(-MessageHistory.SoftBounceDays);
        return !emails.Exists(item => item.Kind == OutcomeKind.Complained)
            && !emails.Exists(item => item.Kind == OutcomeKind.HardBounced && item.At >= delivered)
            && emails.Count(item => item.Kind == OutcomeKind.SoftBounced && item.At >= since && item.At >= delivered)
                < MessageHistory.SoftBounces;
    }
}
