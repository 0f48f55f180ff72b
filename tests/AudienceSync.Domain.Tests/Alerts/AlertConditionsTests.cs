using AudienceSync.Domain.Alerts;

namespace AudienceSync.Domain.Tests.Alerts;

/// <summary>Each rule: a reading at which it holds, and one just below at which it does not.</summary>
public sealed class AlertConditionsTests
{
    private static readonly DateTimeOffset Now = AlertRun.Start;
    private static readonly BindingReading Binding = new("meta_main", "cart", "2385", null, 0, null);
    private static readonly AccountReading Account = new("meta_main", null, null, null, null);
    private static readonly AlertReadings Quiet = new() { At = Now };

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

    private static List<FlowHour> Hourly(int hours, long events = 50) =>
        [.. Enumerable.Range(-hours, hours).Select(hour => new FlowHour(Now.AddHours(hour), events))];

    private static AlertReadings Counted(BindingCounted counted) => Quiet with { Bindings = [Binding with { Counted = counted }] };

    private static AlertReadings Accounts(AccountReading account) => Quiet with { Accounts = [account] };

    private static IEnumerable<(AlertRule Rule, AlertReadings Holds, AlertReadings Below)> Cases() =>
        [.. OfAccounts(), .. OfAudiences(), .. OfFlows(), .. OfFailures(), .. OfWorkspaces()];

    private static IEnumerable<(AlertRule Rule, AlertReadings Holds, AlertReadings Below)> OfAccounts() =>
        [
            (AlertRules.AccountStopped, Accounts(Account with { StoppedCode = "meta_10", StoppedAt = Now }), Accounts(Account)),
            (AlertRules.TokenRefused, Accounts(Account with { StoppedCode = "meta_190_463", StoppedAt = Now }), Accounts(Account)),
            (
                AlertRules.AccountThrottled,
                Accounts(Account with { ThrottledSince = Now.AddHours(-2) }),
                Accounts(Account with { ThrottledSince = Now.AddMinutes(-119) })
            ),
            (
                AlertRules.AccountPaused,
                Accounts(Account with { PausedAt = Now.AddHours(-24) }),
                Accounts(Account with { PausedAt = Now.AddHours(-23) })
            ),
            (
                AlertRules.VersionEnds,
                Accounts(Account with { Version = new VersionReading("meta_version_ends", HasEnded: false) }),
                Accounts(Account)
            ),
            (
                AlertRules.RemovalLatency,
                Accounts(Account with { Removals = 20, RemovalP99S = 61 }),
                Accounts(Account with { Removals = 19, RemovalP99S = 61 })
            ),
        ];

    private static IEnumerable<(AlertRule Rule, AlertReadings Holds, AlertReadings Below)> OfAudiences() =>
        [
            (
                AlertRules.RemovalsLate,
                Quiet with
                {
                    Bindings = [Binding with { WaitingRemovals = 99, LateRemovals = 1, OldestRemoval = Now.AddSeconds(-61) }],
                },
                Quiet with
                {
                    Bindings = [Binding with { WaitingRemovals = 100, LateRemovals = 1, OldestRemoval = Now.AddSeconds(-61) }],
                }
            ),
            (AlertRules.StaleExposure, Counted(new(10, 10, 0, 0, 1_000)), Counted(new(10, 10, 0, 0, 999))),
            (
                AlertRules.AudienceStopped,
                Quiet with
                {
                    Bindings = [Binding with { StoppedCode = "meta_100" }],
                },
                Quiet with
                {
                    Bindings = [Binding],
                }
            ),
            (AlertRules.Drift, Counted(new(1_000, 900, 0, 0, 0)), Counted(new(1_000, 901, 0, 0, 0))),
            (AlertRules.InDoubt, Counted(new(1_000, 1_000, 100, 0, 0)), Counted(new(1_000, 1_000, 99, 0, 0))),
            (AlertRules.RejectsShare, Counted(new(1_000, 799, 0, 201, 0)), Counted(new(1_000, 800, 0, 200, 0))),
            (AlertRules.PlanWaiting, Quiet with { Plans = [new PlanReading(7, "meta_main", "cart", "2385", 20_000, Now)] }, Quiet),
        ];

    private static IEnumerable<(AlertRule Rule, AlertReadings Holds, AlertReadings Below)> OfFlows() =>
        [
            (
                AlertRules.AudienceSilent,
                Quiet with
                {
                    Audiences = [new FlowReading("cart", Hourly(24 * 4, 4), Now.AddMinutes(-61))],
                },
                Quiet with
                {
                    Audiences = [new FlowReading("cart", Hourly(24 * 4, 4), Now.AddMinutes(-60))],
                }
            ),
            (
                AlertRules.VolumeAnomaly,
                Quiet with
                {
                    Audiences = [new FlowReading("cart", [.. Hourly(24 * 10).SkipLast(16)], Now)],
                },
                Quiet with
                {
                    Audiences = [new FlowReading("cart", [.. Hourly(24 * 10).SkipLast(15)], Now)],
                }
            ),
            (
                AlertRules.SourceSilent,
                Quiet with
                {
                    Sources = [new FlowReading("shop", Hourly(24 * 4), Now.AddMinutes(-61))],
                },
                Quiet with
                {
                    Sources = [new FlowReading("shop", Hourly(24 * 4), Now.AddMinutes(-60))],
                }
            ),
        ];

    private static IEnumerable<(AlertRule Rule, AlertReadings Holds, AlertReadings Below)> OfFailures() =>
        [
            (
                AlertRules.WebhookFailures,
                Quiet with
                {
                    Failures = [new FailureReading("shop", 90, 5, 0)],
                },
                Quiet with
                {
                    Failures = [new FailureReading("shop", 95, 5, 0)],
                }
            ),
            (
                AlertRules.WebhookFailures,
                Quiet with
                {
                    Failures = [new FailureReading("shop", 1_000_000, 100, 0)],
                },
                Quiet with
                {
                    Failures = [new FailureReading("shop", 1_000_000, 99, 0)],
                }
            ),
            (
                AlertRules.QuarantineRate,
                Quiet with
                {
                    Failures = [new FailureReading("shop", 1_900, 0, 20)],
                },
                Quiet with
                {
                    Failures = [new FailureReading("shop", 1_980, 0, 20)],
                }
            ),
            (
                AlertRules.ProjectorLag,
                Quiet with
                {
                    LagEvents = 1,
                    LagSince = Now.AddMinutes(-1),
                },
                Quiet with
                {
                    LagEvents = 1,
                    LagSince = Now.AddSeconds(-59),
                }
            ),
        ];

    private static IEnumerable<(AlertRule Rule, AlertReadings Holds, AlertReadings Below)> OfWorkspaces() =>
        [
            (AlertRules.PartitionUpkeep, Quiet with { MissingPartitions = ["deliveries"] }, Quiet),
            (AlertRules.DiskFull, Quiet with { DiskFree = 0.149 }, Quiet with { DiskFree = 0.15 }),
            (
                AlertRules.ErasureDeadline,
                Quiet with
                {
                    ErasureDeadline = Now.AddDays(7),
                },
                Quiet with
                {
                    ErasureDeadline = Now.AddDays(7).AddMinutes(1),
                }
            ),
            (
                AlertRules.DeadChannel,
                Quiet with
                {
                    Channels = [new ChannelReading("slack", "slack_no_service", null)],
                },
                Quiet with
                {
                    Channels = [new ChannelReading("slack", null, Now.AddMinutes(-14))],
                }
            ),
        ];
}
