using AudienceSync.Domain.Alerts;

namespace AudienceSync.Domain.Tests.Alerts;

public sealed class AlertMachineTests
{
    private static readonly AlertCondition Late = AlertRun.Of(AlertRules.RemovalsLate, "meta_main/cart");
    private static readonly AlertCondition OtherLate = AlertRun.Of(AlertRules.RemovalsLate, "meta_main/winback");
    private static readonly AlertCondition Token = AlertRun.Of(AlertRules.TokenRefused, "meta_main", AlertSeverity.Critical);

    [Fact]
    public void An_incident_is_announced_once_after_half_a_minute_and_recovers_once()
    {
        var run = new AlertRun();
        run.Begin(Late);
        run.Once().ShouldBeEmpty();
        run.Once().ShouldBeEmpty();
        run.Once().Single().Headline.ShouldBe("[WARNING] Removals late: meta_main");
        run.Pass(TimeSpan.FromMinutes(42));
        run.End(Late);
        run.Pass(TimeSpan.FromHours(1));

        run.Kinds.ShouldBe([NoticeKind.Opened, NoticeKind.Recovered]);
        run.Notices[1].Headline.ShouldBe("[RESOLVED after 43 min] Removals late: meta_main");
        run.Notices[1].Members.Single().Subject.ShouldBe("meta_main/cart");
        run.State.Alerts.ShouldBeEmpty();
        run.State.Incidents.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_over_before_it_was_announced_is_never_announced()
    {
        var run = new AlertRun();
        run.Begin(Late);
        run.Once();
        run.End(Late);
        run.Pass(TimeSpan.FromHours(1));
        run.Notices.ShouldBeEmpty();
    }

    [Fact]
    public void A_condition_that_does_not_hold_for_the_time_of_its_rule_does_not_fire()
    {
        var run = new AlertRun();
        var drift = AlertRun.Of(AlertRules.Drift, "meta_main/cart");
        run.Begin(drift);
        run.Pass(AlertRules.Drift.For - TimeSpan.FromSeconds(30));
        run.State.Alerts[drift.Id].Status.ShouldBe(AlertStatus.Pending);
        run.End(drift);
        run.Pass(TimeSpan.FromHours(1));
        run.Notices.ShouldBeEmpty();

        run.Begin(drift);
        run.Pass(AlertRules.Drift.For + AlertMachine.GroupWait + TimeSpan.FromMinutes(1));
        run.Kinds.ShouldBe([NoticeKind.Opened]);
    }

    [Fact]
    public void A_condition_that_comes_and_goes_is_one_incident()
    {
        var run = new AlertRun();
        for (var flap = 0; flap < 100; flap++)
        {
            run.Begin(Late);
            run.Pass(TimeSpan.FromSeconds(45));
            run.End(Late);
            run.Pass(TimeSpan.FromSeconds(45));
        }

        run.Kinds.ShouldBe([NoticeKind.Opened]);
        run.Pass(TimeSpan.FromMinutes(10));
        run.Kinds.ShouldBe([NoticeKind.Opened, NoticeKind.Recovered]);
    }

    [Fact]
    public void It_is_announced_when_it_becomes_critical_and_never_when_it_is_a_warning_again()
    {
        var run = new AlertRun();
        for (var turn = 0; turn < 3; turn++)
        {
            run.Begin(Late);
            run.Pass(TimeSpan.FromMinutes(10));
            run.Begin(Late with { Severity = AlertSeverity.Critical });
            run.Pass(TimeSpan.FromMinutes(10));
        }

        run.Kinds.ShouldBe([NoticeKind.Opened, NoticeKind.Escalated]);
        run.Notices[1].Headline.ShouldStartWith("[CRITICAL]");
    }

    [Fact]
    public void What_fails_together_is_announced_together_and_what_joins_later_at_most_every_five_minutes()
    {
        var run = new AlertRun();
        run.Begin(Late);
        run.Once();
        run.Begin(OtherLate);
        run.Pass(TimeSpan.FromMinutes(1));
        run.Notices.Single().Members.Count.ShouldBe(2);
        for (var more = 0; more < 8; more++)
        {
            run.Begin(AlertRun.Of(AlertRules.RemovalsLate, $"meta_main/more_{more}"));
            run.Pass(TimeSpan.FromMinutes(1));
        }

        run.Kinds.ShouldBe([NoticeKind.Opened, NoticeKind.Updated]);
        run.Notices[1].Members.Count.ShouldBeGreaterThan(4);
    }

    [Fact]
    public void A_reminder_comes_after_four_hours_when_critical_and_after_a_day_otherwise()
    {
        var run = new AlertRun();
        run.Begin(Late);
        run.Pass(TimeSpan.FromHours(49));
        run.Kinds.ShouldBe([NoticeKind.Opened, NoticeKind.Reminder, NoticeKind.Reminder]);

        var critical = new AlertRun();
        critical.Begin(Token);
        critical.Pass(TimeSpan.FromHours(9));
        critical.Kinds.ShouldBe([NoticeKind.Opened, NoticeKind.Reminder, NoticeKind.Reminder]);
    }

    [Fact]
    public void A_dead_token_is_one_notice_and_not_one_per_audience()
    {
        var run = new AlertRun();
        var audiences = Enumerable.Range(0, 40).Select(i => AlertRun.Of(AlertRules.RemovalsLate, $"meta_main/audience_{i}")).ToList();
        var elsewhere = AlertRun.Of(AlertRules.RemovalsLate, "google_main/cart");
        run.Begin(Token);
        run.Pass(TimeSpan.FromMinutes(1));
        audiences.ForEach(run.Begin);
        run.Pass(TimeSpan.FromHours(2));
        run.Notices.Single().Headline.ShouldBe("[CRITICAL] Access token refused: meta_main");

        run.Begin(elsewhere);
        run.Pass(TimeSpan.FromMinutes(1));
        run.Notices.Count.ShouldBe(2, "another destination is another matter");

        run.End(Token);
        audiences.ForEach(run.End);
        run.End(elsewhere);
        run.Pass(TimeSpan.FromHours(1));
        run.Notices.Count(notice => notice.Kind == NoticeKind.Recovered).ShouldBe(2);
        run.Notices.Count.ShouldBe(4);
    }

    [Fact]
    public void What_was_explained_by_another_alert_is_announced_when_it_outlasts_it()
    {
        var run = new AlertRun();
        run.Begin(Token);
        run.Begin(Late);
        run.Pass(TimeSpan.FromHours(1));
        run.End(Token);
        run.Pass(TimeSpan.FromMinutes(5));
        run.Notices.Select(notice => (notice.Rule, notice.Kind))
            .ShouldBe([
                ("token_refused", NoticeKind.Opened),
                ("token_refused", NoticeKind.Recovered),
                ("removals_late", NoticeKind.Opened),
            ]);
    }

    [Fact]
    public void A_silence_holds_until_its_end_and_the_recovery_of_what_was_announced_is_sent_all_the_same()
    {
        var run = new AlertRun();
        run.Silences.Add(new AlertSilence("removals_late", null, "cart", run.Now.AddHours(2)));
        run.Begin(Late);
        run.Begin(OtherLate);
        run.Pass(TimeSpan.FromHours(1));
        run.Notices.Single().Members.Select(member => member.Subject).ShouldBe(["meta_main/winback"]);

        run.Pass(TimeSpan.FromMinutes(70));
        run.Kinds.ShouldBe([NoticeKind.Opened, NoticeKind.Updated]);
        run.Silences.Add(new AlertSilence(null, "meta_main", null, run.Now.AddHours(10)));
        run.Begin(Late with { Severity = AlertSeverity.Critical });
        run.Pass(TimeSpan.FromHours(1));
        run.End(Late);
        run.End(OtherLate);
        run.Pass(TimeSpan.FromMinutes(10));
        run.Kinds.ShouldBe([NoticeKind.Opened, NoticeKind.Updated, NoticeKind.Recovered]);
    }

    [Fact]
    public void Audiences_of_an_owner_are_an_incident_of_their_own()
    {
        var run = new AlertRun();
        run.Begin(Late with { Owner = "growth" });
        run.Begin(OtherLate);
        run.Pass(TimeSpan.FromMinutes(1));
        run.Notices.Select(notice => (notice.Group, notice.Owner)).ShouldBe([("meta_main", null), ("meta_main:growth", "growth")]);
    }

    [Fact]
    public void A_notice_goes_to_the_channels_of_its_severity_and_owner_and_never_to_the_channel_that_it_is_about()
    {
        AlertChannelRoute[] channels =
        [
            new("slack", AlertSeverity.Warning, TakesReminders: true),
            new("pager", AlertSeverity.Critical, TakesReminders: false),
            new("growth_slack", AlertSeverity.Warning, TakesReminders: true),
        ];
        var settings = new AlertSettings { Owners = [new AlertOwner("growth", ["cart"], ["growth_slack", "pager_growth"])] };
        var notice = new AlertNotice(
            NoticeKind.Opened,
            AlertSeverity.Warning,
            "removals_late",
            "meta_main",
            "t",
            "a",
            AlertRun.Start,
            AlertRun.Start,
            []
        );

        AlertChannelRoute.Of(notice, channels, settings).ShouldBe(["slack"]);
        AlertChannelRoute.Of(notice with { Severity = AlertSeverity.Critical }, channels, settings).ShouldBe(["slack", "pager"]);
        AlertChannelRoute
            .Of(notice with { Severity = AlertSeverity.Critical, Kind = NoticeKind.Reminder }, channels, settings)
            .ShouldBe(["slack"]);
        AlertChannelRoute.Of(notice with { Owner = "growth" }, channels, settings).ShouldBe(["growth_slack"]);
        AlertChannelRoute
            .Of(notice with { Rule = "dead_channel", Group = "slack", Severity = AlertSeverity.Critical }, channels, settings)
            .ShouldBe(["pager"]);
    }
}
