using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Doctor;

namespace AudienceSync.Domain.Tests.Doctor;

/// <summary>Each kind of finding at its threshold, and one below it.</summary>
public sealed class DoctorRulesTests
{
    private static readonly DateTimeOffset Now = DoctorSample.Now;

    public static TheoryData<string, string, DoctorReadings, DoctorReadings> Thresholds =>
        new()
        {
            { "adds_without_removals", "carts_v1", Key(Endless(100)), Key(Endless(99)) },
            { "adds_without_removals", "carts_v1", Key(Endless(100)), Key(Endless(100) with { HasWindow = true }) },
            { "removals_stopped", "carts_v1", Key(Stopped(50, 20)), Key(Stopped(49, 20)) },
            { "removals_stopped", "carts_v1", Key(Stopped(50, 20)), Key(Stopped(50, 19)) },
            { "key_not_fed", "carts_v1", Key(Unfed(14)), Key(Unfed(13)) },
            { "key_not_fed", "carts_v1", Key(Unfed(14)), Key(Unfed(14) with { Drains = true }) },
            { "audience_not_bound", "carts", Key(Unbound(1)), Key(Unbound(0)) },
            { "match_key_never_sent", "carts_v1", Key(ByPhone(0)), Key(ByPhone(1)) },
            { "silent_members", "carts_v1", Key(Silent(100, 20)), Key(Silent(100, 19)) },
            { "silent_members", "carts_v1", Key(Silent(100, 49)), Key(Silent(100, 50)) },
            { "retired_key_adds", "old_v1", Held("retired_audience_key", 1), Held("test_send", 1) },
            { "unknown_key", "old_v1", Held("unknown_audience_key", 1), Held("test_send", 1) },
            { "audience_too_small", "meta/carts/1", Bound(Small(99)), Bound(Small(100)) },
            { "removal_body_lost", "meta/carts/1", Bound(Bodyless(0)), Bound(Bodyless(1)) },
            { "consent_not_stated", "meta/carts/1", Consent(0, required: false), Consent(1, required: false) },
            { "consent_never_granted", "meta/carts/1", Consent(0, required: true), Consent(1, required: true) },
            { "unusable_identifiers", "journeys", Source("no_dotted_domain", 21, 1_000), Source("no_dotted_domain", 20, 1_000) },
            { "unusable_identifiers", "journeys", Source("no_country", 20, 100), Source("no_country", 19, 100) },
            { "placeholder_identifiers", "journeys", Source("placeholder", 21, 2_000), Source("placeholder", 20, 2_000) },
            { "clock_ahead", "journeys", Source("clock_ahead", 21, 2_000), Source("clock_ahead", 20, 2_000) },
            { "source_unsigned", "journeys", Signed(false), Signed(true) },
            { "linking_stopped", "email", Stops(1), Stops(0) },
            { "shared_identifiers", "journeys", Shared(10), Shared(9) },
            { "sample_ratio_mismatch", "carts_v1", Arms(873, 127), Arms(880, 120) },
            { "sample_ratio_mismatch", "carts_v1", Arms(50, 50), Arms(49, 50) },
            { "version_ends", "meta", Version("meta_version_ends", ended: false), Version(null, ended: false) },
            { "version_ended", "meta", Version("meta_version_ended", ended: true), Version(null, ended: false) },
        };

    [Theory]
    [MemberData(nameof(Thresholds))]
    public void A_finding_begins_at_its_threshold(string code, string subject, DoctorReadings at, DoctorReadings below)
    {
        DoctorSample.Of(at).Select(finding => (finding.Kind.Code, finding.Subject)).ShouldBe([(code, subject)]);
        DoctorSample.Of(below).Select(finding => finding.Kind.Code).ShouldNotContain(code);
    }

    [Fact]
    public void Every_kind_of_finding_has_a_threshold_that_is_tested() =>
        Thresholds.Select(row => (string)row[0]).Distinct().ShouldBe(FindingKinds.All.Select(kind => kind.Code), ignoreOrder: true);

    [Fact]
    public void A_healthy_workspace_has_no_finding() => DoctorSample.Of(DoctorSample.Healthy).ShouldBeEmpty();

    [Fact]
    public void Codes_are_distinct_and_each_kind_names_what_is_wrong_and_what_to_do()
    {
        FindingKinds.All.Select(kind => kind.Code).ShouldBeUnique();
        FindingKinds.All.ShouldAllBe(kind => kind.What.EndsWith('.') && kind.Advice.EndsWith('.') && FindingKinds.Find(kind.Code) == kind);
        FindingKinds.Find("nothing").ShouldBeNull();
    }

    [Fact]
    public void A_refused_event_that_names_nobody_counts_as_one_with_unusable_identifiers()
    {
        var held = new HeldEvents("journeys", "missing_person", Key: null, 30, Now);
        var finding = DoctorSample.Of(DoctorSample.Healthy with { Held = [held] }).ShouldHaveSingleItem();

        finding.Kind.ShouldBe(FindingKinds.UnusableIdentifiers);
        finding.Evidence.ShouldContain(new FindingFact("events", 30));
        finding.Evidence.ShouldContain(new FindingFact("of", 1_030));
        finding.Evidence.ShouldContain(new FindingFact("codes", "missing_person"));
    }

    [Fact]
    public void A_key_that_takes_whatever_there_is_misses_nothing() =>
        DoctorSample.Of(Key(ByPhone(0) with { MatchKeys = MatchKeys.All })).ShouldBeEmpty();

    private static DoctorReadings Key(DoctorKey key) => DoctorSample.Healthy with { Keys = [key] };

    private static DoctorKey Endless(long adds) =>
        DoctorSample.Carts with
        {
            Flow = new KeyFlow(adds, 0, Now - DoctorRules.Settled, Now),
            Lately = KeyFlow.None,
        };

    private static DoctorKey Stopped(long adds, long removalsBefore) =>
        DoctorSample.Carts with
        {
            Flow = new KeyFlow(adds, removalsBefore, Now.AddDays(-20), Now),
            Lately = new KeyFlow(adds, 0, null, null),
        };

    private static DoctorKey Unfed(int days) =>
        DoctorSample.Carts with
        {
            Flow = DoctorSample.Carts.Flow with { LastAddAt = Now.AddDays(-days) },
            Events = new KeyEvents(0, 5, 0),
        };

    private static DoctorKey Unbound(long members) => DoctorSample.Carts with { Feeds = false, AudienceFeeds = false, Members = members };

    private static DoctorKey ByPhone(long phones) =>
        DoctorSample.Carts with
        {
            MatchKeys = MatchKeys.Email | MatchKeys.Phone,
            Sample = DoctorSample.Carts.Sample! with { Phone = phones },
        };

    private static DoctorKey Silent(long people, long silent) => DoctorSample.Carts with { Silence = new SilenceSample(people, silent) };

    private static DoctorReadings Held(string reason, long events) =>
        DoctorSample.Healthy with
        {
            Held = [new HeldEvents("journeys", reason, "old_v1", events, Now)],
        };

    private static DoctorReadings Bound(DoctorBinding binding) => DoctorSample.Healthy with { Bindings = [binding] };

    private static DoctorBinding Small(long delivered) =>
        DoctorSample.Bound with
        {
            LeastMembers = 100,
            Delivered = delivered,
            FirstCallAt = Now - DoctorRules.Growth,
        };

    private static DoctorBinding Bodyless(long acceptedRemovals) =>
        DoctorSample.Bound with
        {
            AcceptedRemovals = acceptedRemovals,
            RemovalsWithoutBody = 1,
        };

    private static DoctorReadings Consent(long granted, bool required) =>
        Bound(DoctorSample.Bound with { ConsentRequired = required }) with
        {
            Keys = [DoctorSample.Carts with { Sample = DoctorSample.Carts.Sample! with { Granted = granted } }],
        };

    private static DoctorReadings Source(string code, long events, long whole) =>
        DoctorSample.Healthy with
        {
            Sources =
            [
                DoctorSample.Journeys with
                {
                    Events = whole,
                    Warnings = [new SourceWarnings(code, events, 2, DateOnly.FromDateTime(Now.UtcDateTime))],
                },
            ],
        };

    private static DoctorReadings Signed(bool signed) =>
        DoctorSample.Healthy with
        {
            Sources = [DoctorSample.Journeys with { Signed = signed }],
        };

    private static DoctorReadings Stops(long identifiers) =>
        DoctorSample.Healthy with
        {
            StoppedLinks = [new StoppedLinks("email", identifiers, Now)],
        };

    private static DoctorReadings Shared(long people) =>
        DoctorSample.Healthy with
        {
            Shared = [new SharedAddresses("journeys", "email", 1, people)],
        };

    private static DoctorReadings Arms(long treatment, long holdout) =>
        DoctorSample.Healthy with
        {
            Experiments = [new DoctorExperiment("spring", "carts_v1", treatment, holdout, 1_000)],
        };

    private static DoctorReadings Version(string? code, bool ended) =>
        DoctorSample.Healthy with
        {
            Accounts = [new DoctorAccount("meta", code, ended)],
        };
}
