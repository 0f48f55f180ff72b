namespace AudienceSync.Domain.Doctor;

/// <summary>The rule about audiences that nobody uses.</summary>
internal static class UnusedAudienceRules
{
    public static IEnumerable<Finding> Of(DoctorReadings readings) =>
        readings
            .Keys.GroupBy(key => key.Audience, StringComparer.Ordinal)
            .Where(keys =>
                keys.All(key => !key.AudienceFeeds && !key.Paused)
                && keys.Any(key => key.Members > 0)
                && readings.At - keys.Min(key => key.PublishedAt) >= DoctorRules.Settled
            )
            .Select(keys => new Finding(
                FindingKinds.AudienceNotBound,
                keys.Key,
                [new("members", keys.Max(key => key.Members)), new("published", DoctorRules.Day(keys.Min(key => key.PublishedAt)))]
            ));
}
