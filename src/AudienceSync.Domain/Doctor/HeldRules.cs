namespace AudienceSync.Domain.Doctor;

/// <summary>The rules about events that wait for a key.</summary>
internal static class HeldRules
{
    public const string RetiredKey = "retired_audience_key";
    public const string UnknownKey = "unknown_audience_key";

    public static IEnumerable<Finding> Of(DoctorReadings readings) =>
        readings
            .Held.Where(held => held is { Key: not null, Reason: RetiredKey or UnknownKey })
            .GroupBy(held => (held.Reason, Key: held.Key!))
            .Select(held => new Finding(
                held.Key.Reason == RetiredKey ? FindingKinds.RetiredKeyAdds : FindingKinds.UnknownKey,
                held.Key.Key,
                [
                    new("events", held.Sum(one => one.Events)),
                    new("sources", string.Join(", ", held.Select(one => one.Source).Distinct().Order(StringComparer.Ordinal))),
                    new("last", DoctorRules.Day(held.Max(one => one.LastAt))),
                ]
            ));
}
