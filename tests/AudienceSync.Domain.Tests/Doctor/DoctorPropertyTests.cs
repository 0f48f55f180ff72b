using AudienceSync.Domain.Doctor;
using AudienceSync.Domain.Tests.Identity;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Doctor;

/// <summary>Random workspaces, compared with thresholds that are written down here a second time.</summary>
public sealed class DoctorPropertyTests(ITestOutputHelper output)
{
    private const int Runs = 5_000;

    private static readonly string[] Warnings =
    [
        "placeholder",
        "clock_ahead",
        "no_dotted_domain",
        "no_country",
        "invalid_context",
        "id_reused",
        "too_short",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_source_has_a_finding_exactly_from_its_threshold_on(int otherwise)
    {
        var random = Seeds.Of(output, otherwise);
        var found = 0;
        for (var run = 0; run < Runs; run++)
        {
            var readings = DoctorSample.Healthy with { Sources = [Source(random)] };
            var codes = Codes(readings);
            foreach (var (code, warnings, percent) in SourceThresholds)
            {
                var events = readings.Sources[0].Warnings.Where(one => warnings.Contains(one.Code)).Sum(one => one.Events);
                var expected = events >= 20 && events * 100 > percent * Math.Max(events, readings.Sources[0].Events);
                codes.Contains(code).ShouldBe(expected, $"{code}: {events} of {readings.Sources[0].Events}");
                found += expected ? 1 : 0;
            }
        }

        output.WriteLine($"{found} findings of {Runs} sources");
        found.ShouldBeInRange(Runs / 10, Runs * 3);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_key_has_a_finding_exactly_from_its_threshold_on(int otherwise)
    {
        var random = Seeds.Of(output, otherwise);
        var found = 0;
        for (var run = 0; run < Runs; run++)
        {
            var key = Key(random);
            var codes = Codes(DoctorSample.Healthy with { Keys = [key] });
            var expected = new Dictionary<string, bool>(StringComparer.Ordinal)
            {
                ["adds_without_removals"] =
                    !key.HasWindow
                    && key.Flow is { Adds: >= 100, Removes: 0, FirstAddAt: { } first }
                    && DoctorSample.Now - first >= Days(7),
                ["removals_stopped"] = key is { Lately: { Adds: >= 50, Removes: 0 }, Flow.Removes: >= 20 },
                ["key_not_fed"] =
                    key is { Drains: false, Paused: false, Events.Adds: 0 }
                    && DoctorSample.Now - key.PublishedAt >= Days(7)
                    && !(key.Flow.LastAddAt > DoctorSample.Now - Days(14)),
            };
            foreach (var (code, holds) in expected)
            {
                codes.Contains(code).ShouldBe(holds, $"{code}: {key}");
                found += holds ? 1 : 0;
            }
        }

        output.WriteLine($"{found} findings of {Runs} keys");
        found.ShouldBeInRange(Runs / 10, Runs * 2);
    }

    [Theory]
    [InlineData(5)]
    public void What_is_worse_never_loses_a_finding_and_what_is_off_is_not_shown(int otherwise)
    {
        var random = Seeds.Of(output, otherwise);
        for (var run = 0; run < Runs; run++)
        {
            var readings = DoctorSample.Healthy with { Sources = [Source(random)], Keys = [Key(random)] };
            var findings = DoctorSample.Of(readings);
            Codes(Worse(readings, random)).IsSupersetOf(findings.Select(finding => finding.Kind.Code)).ShouldBeTrue();

            findings.Select(finding => finding.Kind.Severity).ShouldBeInOrder(SortDirection.Descending);
            var off = FindingKinds.All.Where(_ => random.Next(2) == 0).Select(kind => kind.Code).ToHashSet(StringComparer.Ordinal);
            DoctorRules
                .Of(readings, off)
                .Select(finding => (finding.Kind, finding.Subject))
                .ShouldBe(findings.Where(finding => !off.Contains(finding.Kind.Code)).Select(finding => (finding.Kind, finding.Subject)));
        }
    }

    private static readonly (string Code, string[] Warnings, int Percent)[] SourceThresholds =
    [
        ("placeholder_identifiers", ["placeholder"], 1),
        ("clock_ahead", ["clock_ahead"], 1),
        ("unusable_identifiers", ["no_dotted_domain", "no_country", "too_short"], 2),
    ];

    private static HashSet<string> Codes(DoctorReadings readings) =>
        DoctorSample.Of(readings).Select(finding => finding.Kind.Code).ToHashSet(StringComparer.Ordinal);

    private static DoctorReadings Worse(DoctorReadings readings, Random random) =>
        readings with
        {
            Sources =
            [
                .. readings.Sources.Select(source =>
                    source with
                    {
                        Signed = source.Signed && random.Next(2) == 0,
                        Warnings = [.. source.Warnings.Select(one => one with { Events = one.Events + random.Next(50) })],
                    }
                ),
            ],
            Keys = [.. readings.Keys.Select(key => key with { Flow = key.Flow with { Adds = key.Flow.Adds + random.Next(100) } })],
        };

    private static DoctorSource Source(Random random) =>
        new("journeys", Reports: false, Signed: random.Next(2) == 0, random.Next(3_000))
        {
            Warnings =
            [
                .. Warnings
                    .Where(_ => random.Next(2) == 0)
                    .Select(code => new SourceWarnings(code, random.Next(1, 60), 1, DateOnly.FromDateTime(DoctorSample.Now.UtcDateTime))),
            ],
        };

    private static DoctorKey Key(Random random)
    {
        var first = random.Next(3) == 0 ? (DateTimeOffset?)null : DoctorSample.Now - Days(random.Next(28));
        var removes = random.Next(2) == 0 ? 0 : random.Next(60);
        return DoctorSample.Carts with
        {
            PublishedAt = DoctorSample.Now - Days(random.Next(20)),
            HasWindow = random.Next(2) == 0,
            Drains = random.Next(4) == 0,
            Paused = random.Next(4) == 0,
            Flow = new KeyFlow(
                first is null ? 0 : random.Next(1, 300),
                removes,
                first,
                first is { } from ? from + ((DoctorSample.Now - from) * random.NextDouble()) : null
            ),
            Lately = new KeyFlow(first is null ? 0 : random.Next(100), random.Next(2) == 0 ? 0 : random.Next(removes + 1), null, null),
            Events = new KeyEvents(random.Next(2) == 0 ? 0 : random.Next(100), removes, 1),
        };
    }

    private static TimeSpan Days(int days) => TimeSpan.FromDays(days);
}
