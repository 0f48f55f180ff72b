using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Doctor;

namespace AudienceSync.Domain.Tests.Doctor;

/// <summary>A workspace in which nothing is wrong.</summary>
internal static class DoctorSample
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    public static readonly IReadOnlySet<string> NothingOff = new HashSet<string>(StringComparer.Ordinal);

    public static readonly DoctorSource Journeys = new("journeys", Reports: false, Signed: true, 1_000);

    public static readonly DoctorKey Carts = new("carts_v1", "carts", Now.AddDays(-30))
    {
        MatchKeys = MatchKeys.All,
        Feeds = true,
        AudienceFeeds = true,
        Members = 500,
        Flow = new KeyFlow(800, 300, Now.AddDays(-25), Now.AddHours(-1)),
        Lately = new KeyFlow(200, 70, null, null),
        Events = new KeyEvents(900, 320, 2),
        Sample = new MemberSample(500, 480, 300, 500, 10, 499),
        Silence = new SilenceSample(500, 3),
    };

    public static readonly DoctorBinding Bound = new("meta", "carts", "1", "carts_v1")
    {
        LeastMembers = 100,
        Delivered = 500,
        FirstCallAt = Now.AddDays(-29),
        AcceptedAdds = 40,
        AcceptedRemovals = 12,
    };

    public static DoctorReadings Healthy { get; } =
        new()
        {
            At = Now,
            Sources = [Journeys, new DoctorSource("reports", Reports: true, Signed: false, 4_000)],
            Keys = [Carts],
            Bindings = [Bound],
            Experiments = [new DoctorExperiment("spring", "carts_v1", 450, 50, 1_000)],
            Accounts = [new DoctorAccount("meta", VersionCode: null, VersionEnded: false)],
        };

    public static IReadOnlyList<Finding> Of(DoctorReadings readings) => DoctorRules.Of(readings, NothingOff);
}
