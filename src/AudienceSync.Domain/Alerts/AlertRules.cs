using System.Collections.Frozen;

namespace AudienceSync.Domain.Alerts;

/// <summary>Every rule. None needs a setting.</summary>
public static class AlertRules
{
    private static readonly TimeSpan AtOnce = TimeSpan.Zero;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan QuarterHour = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static readonly AlertRule AccountStopped = new(
        "account_stopped",
        "Account stopped",
        AlertScope.Account,
        AtOnce,
        Minute,
        "Correct what the code names (docs/errors.md), then: audiencesync destinations resume NAME."
    )
    {
        Inhibits = true,
    };

    public static readonly AlertRule TokenRefused = new(
        "token_refused",
        "Access token refused",
        AlertScope.Account,
        AtOnce,
        Minute,
        "Create a new token at the platform, replace the secret, then: audiencesync destinations resume NAME."
    )
    {
        Inhibits = true,
    };

    public static readonly AlertRule AccountThrottled = new(
        "account_throttled",
        "Account throttled for too long",
        AlertScope.Account,
        AtOnce,
        FiveMinutes,
        "The platform answers nothing but throttles: see whether another program uses the same account's budget."
    )
    {
        Inhibits = true,
    };

    public static readonly AlertRule AccountPaused = new(
        "account_paused",
        "Account paused for a day",
        AlertScope.Account,
        AtOnce,
        Minute,
        "If the pause is not needed any more: audiencesync destinations resume NAME."
    );

    public static readonly AlertRule VersionEnds = new(
        "version_ends",
        "API version ends",
        AlertScope.Account,
        AtOnce,
        Hour,
        "Set api_version of the destination to a version that the platform keeps."
    );

    public static readonly AlertRule RemovalLatency = new(
        "removal_latency",
        "Removals slow",
        AlertScope.Account,
        FiveMinutes,
        QuarterHour,
        "See audiencesync runs list: which calls are slow, throttled or repeated."
    );

    public static readonly AlertRule RemovalsLate = new(
        "removals_late",
        "Removals late",
        AlertScope.Audience,
        AtOnce,
        Minute,
        "See audiencesync sync status: what the remote audience waits for. These people are still targeted."
    );

    public static readonly AlertRule StaleExposure = new(
        "stale_exposure",
        "Removed people still targeted",
        AlertScope.Audience,
        FiveMinutes,
        FiveMinutes,
        "See audiencesync sync status: the sum of the minutes since their removal is too large."
    );

    public static readonly AlertRule AudienceStopped = new(
        "audience_stopped",
        "Remote audience stopped",
        AlertScope.Audience,
        AtOnce,
        Minute,
        "Correct what the code names (docs/errors.md), then: audiencesync destinations resume NAME --remote ID."
    );

    public static readonly AlertRule Drift = new(
        "drift",
        "Remote audience differs from what it should have",
        AlertScope.Audience,
        QuarterHour,
        FiveMinutes,
        "See audiencesync sync status; if it does not shrink: audiencesync sync resync NAME."
    );

    public static readonly AlertRule InDoubt = new(
        "in_doubt",
        "Members in doubt",
        AlertScope.Audience,
        QuarterHour,
        FiveMinutes,
        "Calls without an answer: see audiencesync runs list for their codes, and the platform's status page."
    );

    public static readonly AlertRule ReadingBelowDelivered = new(
        "reading_below_delivered",
        "Platform has far fewer members than it acknowledged",
        AlertScope.Audience,
        Hour,
        Hour,
        "See the reading in audiencesync sync status --json, and the audience at the platform; then: audiencesync sync resync NAME."
    );

    public static readonly AlertRule RejectsShare = new(
        "rejects_share",
        "Many members refused",
        AlertScope.Audience,
        FiveMinutes,
        QuarterHour,
        "See audiencesync members list --state refused: the reasons name the identifiers that cannot be used."
    );

    public static readonly AlertRule PlanWaiting = new(
        "plan_waiting",
        "Removals wait for approval",
        AlertScope.Audience,
        AtOnce,
        Minute,
        "Look at audiencesync sync plan, then: audiencesync sync approve PLAN."
    );

    public static readonly AlertRule AudienceSilent = new(
        "audience_silent",
        "Audience silent",
        AlertScope.Audience,
        FiveMinutes,
        FiveMinutes,
        "Nothing comes any more for this audience: see whether its journey still runs and its webhook steps are not paused."
    );

    public static readonly AlertRule VolumeAnomaly = new(
        "volume_anomaly",
        "Unusual volume",
        AlertScope.Audience,
        QuarterHour,
        Hour,
        "Compare the adds of a day with those of the two weeks before: audiencesync audiences counters NAME."
    );

    public static readonly AlertRule SourceSilent = new(
        "source_silent",
        "Source silent",
        AlertScope.Source,
        FiveMinutes,
        FiveMinutes,
        "Nothing comes any more from this source: see the delivery log of its webhooks, its token and its signing key."
    );

    public static readonly AlertRule WebhookFailures = new(
        "webhook_failures",
        "Webhooks refused",
        AlertScope.Source,
        Minute,
        QuarterHour,
        "See audiencesync quarantine list: each refused body with its code."
    );

    public static readonly AlertRule QuarantineRate = new(
        "quarantine_rate",
        "Many events quarantined",
        AlertScope.Source,
        Minute,
        QuarterHour,
        "See audiencesync quarantine list, correct the cause, then: audiencesync quarantine release."
    );

    public static readonly AlertRule ProjectorLag = new(
        "projector_lag",
        "Events wait for the projector",
        AlertScope.Workspace,
        Minute,
        FiveMinutes,
        "See the log of the Host that holds the lease projector (of the subject exposures: that lease): the reason is in its lines."
    );

    public static readonly AlertRule PartitionUpkeep = new(
        "partition_upkeep",
        "Partitions are not made",
        AlertScope.Workspace,
        FiveMinutes,
        FiveMinutes,
        "See audiencesync messages dead list and the Host's log: without tomorrow's partition nothing can be stored tomorrow."
    );

    public static readonly AlertRule DiskFull = new(
        "disk_full",
        "Disk nearly full",
        AlertScope.Workspace,
        FiveMinutes,
        QuarterHour,
        "Free space on the disk of the database, or shorten retention."
    );

    public static readonly AlertRule ErasureDeadline = new(
        "erasure_deadline",
        "Erasure near its deadline",
        AlertScope.Workspace,
        AtOnce,
        Minute,
        "See audiencesync people erasures: which platform did not confirm the removal."
    );

    public static readonly AlertRule DeadChannel = new(
        "dead_channel",
        "Alert channel does not work",
        AlertScope.Channel,
        AtOnce,
        AtOnce,
        "Correct the channel in audiencesync.yaml, restart, then: audiencesync alerts test NAME."
    );

    public static IReadOnlyList<AlertRule> All { get; } =
    [
        AccountStopped,
        TokenRefused,
        AccountThrottled,
        AccountPaused,
        VersionEnds,
        RemovalLatency,
        RemovalsLate,
        StaleExposure,
        AudienceStopped,
        Drift,
        InDoubt,
        RejectsShare,
        ReadingBelowDelivered,
        PlanWaiting,
        AudienceSilent,
        VolumeAnomaly,
        SourceSilent,
        WebhookFailures,
        QuarantineRate,
        ProjectorLag,
        PartitionUpkeep,
        DiskFull,
        ErasureDeadline,
        DeadChannel,
    ];

    private static readonly FrozenDictionary<string, AlertRule> ByName = All.ToFrozenDictionary(rule => rule.Name, StringComparer.Ordinal);

    /// <summary>The rule of this name; null when there is none.</summary>
    public static AlertRule? Find(string name) => ByName.GetValueOrDefault(name);
}
