namespace AudienceSync.Domain.Doctor;

/// <summary>Applies every rule of the doctor to what was read. Pure: the same readings have the same findings.</summary>
public static class DoctorRules
{
    /// <summary>For how long back sources, quarantine and calls are looked at.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(14);

    /// <summary>The part of it in which something that went on before has stopped.</summary>
    public static readonly TimeSpan Lately = TimeSpan.FromDays(7);

    /// <summary>A key or a first add that is younger proves nothing yet.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromDays(7);

    /// <summary>How long an audience may take to reach its platform's minimum.</summary>
    public static readonly TimeSpan Growth = TimeSpan.FromDays(3);

    /// <summary>From so many people on, an address is nobody's own.</summary>
    public const int SharedBy = 10;

    // A rule is one row: a function from what was read to what it finds.
    private static readonly Func<DoctorReadings, IEnumerable<Finding>>[] Rules =
    [
        readings => readings.Keys.SelectMany(key => KeyRules.Of(key, readings.At)),
        UnusedAudienceRules.Of,
        HeldRules.Of,
        readings => readings.Bindings.SelectMany(binding => BindingRules.Of(binding, readings)),
        SourceRules.Of,
        PeopleRules.Of,
        readings => readings.Experiments.SelectMany(ExperimentFindingRules.Of),
        readings => readings.Accounts.SelectMany(AccountRules.Of),
    ];

    /// <summary>What is wrong, worst first.</summary>
    /// <param name="readings">What was read.</param>
    /// <param name="off">Codes that an operator does not want to see.</param>
    public static IReadOnlyList<Finding> Of(DoctorReadings readings, IReadOnlySet<string> off)
    {
        ArgumentNullException.ThrowIfNull(readings);
        ArgumentNullException.ThrowIfNull(off);
        var order = FindingKinds.All.Select((kind, place) => (kind, place)).ToDictionary(one => one.kind, one => one.place);
        return
        [
            .. Rules
                .SelectMany(rule => rule(readings))
                .Where(finding => !off.Contains(finding.Kind.Code))
                .OrderByDescending(finding => finding.Kind.Severity)
                .ThenBy(finding => order[finding.Kind])
                .ThenBy(finding => finding.Subject, StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether a count is both large enough to mean anything and more than a share of a whole.</summary>
    internal static bool IsMany(long count, long least, long whole, double share) =>
        count >= least && count > Math.Max(whole, count) * share;

    internal static string Day(DateTimeOffset at) => Day(DateOnly.FromDateTime(at.UtcDateTime));

    internal static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
