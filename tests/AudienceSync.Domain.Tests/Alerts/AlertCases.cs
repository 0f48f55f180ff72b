using AudienceSync.Domain.Alerts;

namespace AudienceSync.Domain.Tests.Alerts;

/// <summary>Each rule with a reading at which it holds, and one just below at which it does not.</summary>
internal static class AlertCases
{
    public static readonly DateTimeOffset Now = AlertRun.Start;
    public static readonly BindingReading Binding = new("meta_main", "cart", "2385", null, 0, null);
    public static readonly AccountReading Account = new("meta_main", null, null, null, null);
    public static readonly AlertReadings Quiet = new() { At = Now };

    public static List<FlowHour> Hourly(int hours, long events = 50) =>
        [.. Enumerable.Range(-hours, hours).Select(hour => new FlowHour(Now.AddHours(hour), events))];

    private static AlertReadings Counted(BindingCounted counted) => Quiet with { Bindings = [Binding with { Counted = counted }] };

    private static AlertReadings Accounts(AccountReading account) => Quiet with { Accounts = [account] };

    public static IEnumerable<(AlertRule Rule, AlertReadings Holds, AlertReadings Below)> Cases() =>
        [.. OfAccounts(), .. OfAudiences(), .. OfFlows(), .. OfFailures(), .. OfLags(), .. OfWorkspaces()];

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
            (
                AlertRules.ReadingBelowDelivered,
                Quiet with
                {
                    Bindings = [Binding with { Size = new SizeReading(Now, 99, 1_000) }],
                },
                Quiet with
                {
                    Bindings = [Binding with { Size = new SizeReading(Now, 100, 1_000) }],
                }
            ),
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
        ];

    private static IEnumerable<(AlertRule Rule, AlertReadings Holds, AlertReadings Below)> OfLags() =>
        [
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
            (
                AlertRules.ProjectorLag,
                Quiet with
                {
                    ExposureLag = 1,
                    ExposureLagSince = Now.AddMinutes(-10),
                },
                Quiet with
                {
                    ExposureLag = 1,
                    ExposureLagSince = Now.AddSeconds(-599),
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
