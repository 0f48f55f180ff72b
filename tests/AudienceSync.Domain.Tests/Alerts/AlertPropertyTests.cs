using AudienceSync.Domain.Alerts;
using AudienceSync.Domain.Tests.Identity;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Alerts;

/// <summary>Ninety days of conditions that come and go at random, from seconds to days, looked at as the Host does.</summary>
public sealed class AlertPropertyTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Days = TimeSpan.FromDays(90);
    private static readonly AlertRule[] Rules =
    [
        AlertRules.RemovalsLate,
        AlertRules.Drift,
        AlertRules.TokenRefused,
        AlertRules.SourceSilent,
        AlertRules.ProjectorLag,
        AlertRules.DeadChannel,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Over_90_days_nothing_flaps_each_incident_recovers_once_and_explained_alerts_are_not_sent(int otherwise)
    {
        var random = Seeds.Of(output, otherwise);
        var run = new AlertRun();
        var lives = Subjects().ConvertAll(condition => new AlertLife(condition, random));
        while (run.Now < AlertRun.Start + Days)
        {
            foreach (var life in lives)
            {
                life.Move(run);
            }

            var causes = Causes(run, lives);
            foreach (var notice in run.Once())
            {
                Check(notice, causes);
            }
        }

        run.Notices.Count.ShouldBeGreaterThan(500);
        output.WriteLine($"{run.Notices.Count} notices: {string.Join(", ", run.Notices.CountBy(notice => notice.Kind))}");
        foreach (var incident in run.Notices.GroupBy(notice => (notice.Rule, notice.Group)))
        {
            CheckSequence([.. incident]);
        }

        // Conditions that end for good leave nothing behind.
        lives.ForEach(life => run.End(life.Condition));
        run.Pass(TimeSpan.FromHours(2));
        run.State.Alerts.ShouldBeEmpty();
        run.State.Incidents.ShouldBeEmpty();
        run.Notices.GroupBy(notice => (notice.Rule, notice.Group)).ShouldAllBe(all => all.Last().Kind == NoticeKind.Recovered);
    }

    [Fact]
    public void A_condition_that_lasts_is_always_announced()
    {
        var random = Seeds.Of(output, 3);
        for (var round = 0; round < 300; round++)
        {
            var run = new AlertRun(TimeSpan.FromSeconds(random.Next(1, 60)));
            var condition = random.Any(Subjects());
            run.Pass(TimeSpan.FromSeconds(random.Next(0, 5_000)));
            run.Begin(condition);
            run.Pass(condition.Rule.For + AlertMachine.GroupWait + (run.Look * 3));
            run.Kinds.ShouldBe([NoticeKind.Opened], $"{condition.Rule.Name}, round {round}");
        }
    }

    private static List<AlertCondition> Subjects() =>
        [
            .. Enumerable.Range(0, 3).Select(i => AlertRun.Of(AlertRules.RemovalsLate, $"meta_main/audience_{i}")),
            AlertRun.Of(AlertRules.RemovalsLate, "google_main/audience_0"),
            AlertRun.Of(AlertRules.Drift, "meta_main/audience_0"),
            .. Rules.Skip(2).Select(rule => AlertRun.Of(rule, rule.Scope == AlertScope.Account ? "meta_main" : "one")),
        ];

    // An oracle of its own: the destination's condition has held for long enough, or ended a moment ago.
    private static HashSet<string> Causes(AlertRun run, List<AlertLife> lives) =>
        lives
            .Where(life => life.Condition.Rule.Inhibits && life.Fires(run.Now))
            .Select(life => life.Condition.Destination!)
            .ToHashSet(StringComparer.Ordinal);

    private static void Check(AlertNotice notice, HashSet<string> causes)
    {
        if (notice.Kind != NoticeKind.Recovered && AlertRules.Find(notice.Rule)!.Scope == AlertScope.Audience)
        {
            causes.ShouldNotContain(notice.Group, $"{notice.Headline} at {notice.At}");
        }
    }

    private static void CheckSequence(List<AlertNotice> notices)
    {
        AlertNotice? open = null;
        AlertNotice? last = null;
        foreach (var notice in notices)
        {
            (open is null).ShouldBe(notice.Kind == NoticeKind.Opened, $"{notice.Kind} of {notice.Headline} at {notice.At}");
            var rule = AlertRules.Find(notice.Rule)!;
            if (open is null && last is not null)
            {
                (notice.At - last.At).ShouldBeGreaterThanOrEqualTo(rule.For + AlertMachine.GroupWait, "no flapping");
            }

            if (last is not null && notice.Kind is NoticeKind.Updated)
            {
                (notice.At - last.At).ShouldBeGreaterThanOrEqualTo(AlertMachine.UpdateEvery);
            }

            if (open is not null)
            {
                (notice.Severity >= last!.Severity).ShouldBeTrue("never better before it is over");
                (notice.Kind != NoticeKind.Escalated || last.Severity < notice.Severity).ShouldBeTrue("one escalation");
                (notice.Kind != NoticeKind.Reminder || notice.At - last.At >= AlertMachine.RemindCritical).ShouldBeTrue(
                    "no more reminders"
                );
            }

            if (notice.Kind == NoticeKind.Recovered)
            {
                (notice.At - notice.BeganAt).ShouldBeGreaterThanOrEqualTo(rule.Keep, "a recovery lasts");
            }

            open = notice.Kind == NoticeKind.Recovered ? null : open ?? notice;
            last = notice;
        }
    }
}
