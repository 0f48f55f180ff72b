using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Doctor;

/// <summary>The rules about versions of audiences.</summary>
internal static class KeyRules
{
    /// <summary>Fewer adds without a removal may be chance.</summary>
    public const long LeastAdds = 100;

    /// <summary>Adds and former removals from which a key is expected to get removals.</summary>
    public const long LeastLately = 50;

    public const long LeastFormerRemovals = 20;

    /// <summary>Fewer members are no sample.</summary>
    public const long LeastSample = 100;

    public const long LeastSilent = 20;

    public static IEnumerable<Finding> Of(DoctorKey key, DateTimeOffset at)
    {
        var found = new[] { WithoutRemovals(key, at), Stopped(key), NotFed(key, at), Silent(key) };
        return found.OfType<Finding>().Concat(NeverSent(key));
    }

    // With a window people leave by themselves, and many an audience is made that way.
    private static Finding? WithoutRemovals(DoctorKey key, DateTimeOffset at) =>
        !key.HasWindow
        && key.Flow is { Removes: 0, FirstAddAt: { } first }
        && key.Flow.Adds >= LeastAdds
        && at - first >= DoctorRules.Settled
            ? new Finding(
                FindingKinds.AddsWithoutRemovals,
                key.Key,
                [new("adds", key.Flow.Adds), new("since", DoctorRules.Day(first)), .. Events(key.Events)]
            )
            : null;

    private static Finding? Stopped(DoctorKey key)
    {
        var before = key.Flow.Removes - key.Lately.Removes;
        return key.Lately.Removes == 0 && key.Lately.Adds >= LeastLately && before >= LeastFormerRemovals
            ? new Finding(
                FindingKinds.RemovalsStopped,
                key.Key,
                [new("adds_lately", key.Lately.Adds), new("removals_before", before), .. Events(key.Events)]
            )
            : null;
    }

    private static Finding? NotFed(DoctorKey key, DateTimeOffset at) =>
        key is { Drains: false, Paused: false, Events.Adds: 0 }
        && at - key.PublishedAt >= DoctorRules.Settled
        && (key.Flow.LastAddAt is not { } last || at - last >= DoctorRules.Window)
            ? new Finding(
                FindingKinds.KeyNotFed,
                key.Key,
                [new("published", DoctorRules.Day(key.PublishedAt)), new("members", key.Members), new("feeds", key.Feeds ? "yes" : "no")]
            )
            : null;

    // Only where most others were heard of does silence mean anything: an audience to which nothing is sent is silent as a whole.
    private static Finding? Silent(DoctorKey key) =>
        key is { Feeds: true, Silence: { } silence }
        && silence.People >= LeastSample
        && silence.Silent >= LeastSilent
        && silence.Silent * 2 < silence.People
            ? new Finding(FindingKinds.SilentMembers, key.Key, [new("members_looked_at", silence.People), new("silent", silence.Silent)])
            : null;

    // A key that takes whatever there is expects nothing.
    private static IEnumerable<Finding> NeverSent(DoctorKey key)
    {
        if (key.MatchKeys == MatchKeys.All || key.Sample is not { } sample || sample.People < LeastSample)
        {
            return [];
        }

        var missing = new (MatchKeys Kind, string Name, long People)[]
        {
            (MatchKeys.Email, "email", sample.Email),
            (MatchKeys.Phone, "phone", sample.Phone),
            (MatchKeys.CustomerId, "customer_id", sample.CustomerId),
            (MatchKeys.DeviceId, "device_id", sample.Details),
            (MatchKeys.Details, "details", sample.Details),
        };
        return missing
            .Where(one => key.MatchKeys.HasFlag(one.Kind) && one.People == 0)
            .Select(one => new Finding(
                FindingKinds.MatchKeyNeverSent,
                key.Key,
                [new("match_key", one.Name), new("members_looked_at", sample.People)]
            ));
    }

    private static FindingFact[] Events(KeyEvents events) => [new("journeys", events.Journeys), new("removal_events", events.Removes)];
}
