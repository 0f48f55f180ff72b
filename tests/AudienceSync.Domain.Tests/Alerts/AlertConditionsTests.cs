using AudienceSync.Domain.Alerts;
using static AudienceSync.Domain.Tests.Alerts.AlertCases;

namespace AudienceSync.Domain.Tests.Alerts;

/// <summary>Each rule: a reading at which it holds, and one just below at which it does not.</summary>
public sealed class AlertConditionsTests
{
    [Fact]
    public void Nothing_holds_of_a_healthy_workspace()
    {
        var healthy = Quiet with
        {
            Accounts = [Account with { Removals = 1_000, RemovalP99S = 12 }],
            Bindings =
            [
                Binding with
                {
                    WaitingRemovals = 50,
                    OldestRemoval = Now.AddSeconds(-40),
                    Counted = new BindingCounted(10_000, 9_990, 3, 5, 20),
                },
            ],
            Sources = [new FlowReading("shop", Hourly(24 * 10), Now.AddMinutes(-5))],
            Audiences = [new FlowReading("cart", Hourly(24 * 10), Now.AddMinutes(-5))],
            Failures = [new FailureReading("shop", 10_000, 3, 8)],
            Channels = [new ChannelReading("slack", null, Now.AddMinutes(-1))],
            LagEvents = 4_000,
            LagSince = Now.AddSeconds(-20),
            DiskFree = 0.4,
            ErasureDeadline = Now.AddDays(20),
        };
        Of(healthy).ShouldBeEmpty();
    }

    [Fact]
    public void Every_rule_holds_of_its_reading_and_not_of_one_below()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (rule, holds, below) in Cases())
        {
            Of(holds).Select(condition => condition.Rule.Name).ShouldBe([rule.Name], rule.Name);
            Of(below).ShouldBeEmpty(rule.Name);
            Of(holds, new AlertSettings { Off = new HashSet<string>([rule.Name]) }).ShouldBeEmpty($"{rule.Name} is off");
            seen.Add(rule.Name);
        }

        seen.ShouldBe(AlertRules.All.Select(rule => rule.Name), ignoreOrder: true);
    }

    [Fact]
    public void A_removal_is_critical_when_it_is_ten_times_as_late()
    {
        var late = Quiet with { Bindings = [Binding with { WaitingRemovals = 1, LateRemovals = 1, OldestRemoval = Now.AddMinutes(-9) }] };
        Of(late).Single().Severity.ShouldBe(AlertSeverity.Warning);
        Of(late with { Bindings = [late.Bindings[0] with { OldestRemoval = Now.AddMinutes(-10) }] })
            .Single()
            .Severity.ShouldBe(AlertSeverity.Critical);
    }

    [Fact]
    public void Audiences_of_a_paused_account_are_not_late()
    {
        var paused = Quiet with
        {
            Accounts = [Account with { PausedAt = Now.AddHours(-2) }],
            Bindings = [Binding with { WaitingRemovals = 9, LateRemovals = 9, OldestRemoval = Now.AddHours(-1) }],
        };
        Of(paused).ShouldBeEmpty();
    }

    [Fact]
    public void A_source_that_is_silent_every_night_is_not_silent_at_night()
    {
        // From 8 to 18 h, each day.
        var hours = Hourly(24 * 10).Where(hour => hour.Hour.Hour is >= 8 and < 18).ToList();
        FlowRhythm.LongestSilence(hours).ShouldBe(TimeSpan.FromHours(14));
        var evening = Quiet with { At = Now.AddHours(10), Sources = [new FlowReading("shop", hours, Now)] };
        Of(evening).ShouldBeEmpty();
        Of(evening with { At = Now.AddHours(29) }).Single().Rule.ShouldBe(AlertRules.SourceSilent);
    }

    [Fact]
    public void A_source_without_a_history_is_never_silent() =>
        Of(Quiet with { Sources = [new FlowReading("shop", Hourly(24 * 2), Now.AddDays(-1))] }).ShouldBeEmpty();

    [Fact]
    public void A_condition_has_the_owner_of_its_audience()
    {
        var settings = new AlertSettings { Owners = [new AlertOwner("growth", ["cart"], [])] };
        var readings = Quiet with { Bindings = [Binding with { StoppedCode = "meta_100" }] };
        Of(readings, settings).Single().Owner.ShouldBe("growth");
        Of(readings with { Accounts = [Account with { StoppedCode = "meta_10" }] }, settings)
            .Single(condition => condition.Rule == AlertRules.AccountStopped)
            .Owner.ShouldBeNull();
    }

    private static IReadOnlyList<AlertCondition> Of(AlertReadings readings, AlertSettings? settings = null) =>
        AlertConditions.Of(readings, settings ?? AlertSettings.Default);
}
