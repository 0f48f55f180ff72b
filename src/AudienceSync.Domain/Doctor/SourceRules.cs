using System.Collections.Frozen;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Doctor;

/// <summary>The rules about senders of webhooks.</summary>
internal static class SourceRules
{
    /// <summary>Events, and their share of all events of the source, from which it is no accident.</summary>
    public const long Least = 20;

    public const double UnusableShare = 0.02;

    public const double PlaceholderShare = 0.01;

    public const double AheadShare = 0.01;

    /// <summary>The reason of an event that names nobody.</summary>
    public const string Nobody = "missing_person";

    private const string Placeholder = "placeholder";

    private static readonly FrozenSet<string> Unusable = Enum.GetValues<IdentifierFault>()
        .Where(fault => fault is not (IdentifierFault.None or IdentifierFault.Placeholder))
        .Select(fault => fault.Code())
        .Append(Nobody)
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Placeholders = new[] { Placeholder }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Ahead = new[] { "clock_ahead", "occurred_in_future" }.ToFrozenSet(StringComparer.Ordinal);

    public static IEnumerable<Finding> Of(DoctorReadings readings) =>
        readings.Sources.SelectMany(source =>
        {
            var seen = WarningsOf(source, readings);
            return new[]
            {
                Unsigned(source),
                Often(FindingKinds.UnusableIdentifiers, source, seen, Unusable, UnusableShare),
                Often(FindingKinds.PlaceholderIdentifiers, source, seen, Placeholders, PlaceholderShare),
                Often(FindingKinds.ClockAhead, source, seen, Ahead, AheadShare),
            }.OfType<Finding>();
        });

    // What could not be applied at all is in quarantine and not in the log.
    private static List<SourceWarnings> WarningsOf(DoctorSource source, DoctorReadings readings) =>
        [
            .. source.Warnings,
            .. readings
                .Held.Where(held => held.Source == source.Name)
                .GroupBy(held => held.Reason, StringComparer.Ordinal)
                .Select(held => new SourceWarnings(
                    held.Key,
                    held.Sum(one => one.Events),
                    1,
                    DateOnly.FromDateTime(held.Max(one => one.LastAt).UtcDateTime)
                )),
        ];

    private static Finding? Unsigned(DoctorSource source) =>
        source is { Reports: false, Signed: false }
            ? new Finding(FindingKinds.SourceUnsigned, source.Name, [new("events", source.Events)])
            : null;

    private static Finding? Often(FindingKind kind, DoctorSource source, List<SourceWarnings> seen, FrozenSet<string> codes, double share)
    {
        var counted = seen.Where(one => codes.Contains(one.Code)).ToList();
        var events = counted.Sum(one => one.Events);
        var whole = source.Events + counted.Where(one => one.Code is Nobody or "occurred_in_future").Sum(one => one.Events);
        return DoctorRules.IsMany(events, Least, whole, share)
            ? new Finding(
                kind,
                source.Name,
                [
                    new("events", events),
                    new("of", Math.Max(whole, events)),
                    new("days", counted.Max(one => one.Days)),
                    new("last", DoctorRules.Day(counted.Max(one => one.LastDay))),
                    new("codes", string.Join(", ", counted.Select(one => one.Code).Distinct().Order(StringComparer.Ordinal))),
                ]
            )
            : null;
    }
}
