namespace AudienceSync.Connectors.Alerts;

/// <summary>The sizes and rates of the channels (contracts/alerts.md 3.2 to 3.4).</summary>
public static class ChannelLimits
{
    /// <summary>The wait for one answer.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Slack takes a message a second.</summary>
    public static readonly TimeSpan SlackGap = TimeSpan.FromSeconds(1);

    /// <summary>100 a minute; PagerDuty takes about 120.</summary>
    public static readonly TimeSpan PagerDutyGap = TimeSpan.FromMilliseconds(600);

    /// <summary>Calls of a webhook, and mails.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(100);

    /// <summary>Characters of a header of Slack.</summary>
    public const int SlackHeaderChars = 150;

    /// <summary>Characters of a section of Slack.</summary>
    public const int SlackSectionChars = 3_000;

    /// <summary>Fields of a section of Slack, and characters of each.</summary>
    public const int SlackFields = 10;

    public const int SlackFieldChars = 2_000;

    /// <summary>Characters of a message of Slack, all together: what is above is refused, and documented nowhere.</summary>
    public const int SlackChars = 12_000;

    /// <summary>Characters of a summary of PagerDuty.</summary>
    public const int PagerDutySummaryChars = 1_024;

    /// <summary>Characters of its routing key.</summary>
    public const int PagerDutyKeyChars = 32;

    /// <summary>Bytes of its whole body.</summary>
    public const int PagerDutyBytes = 512_000;

    /// <summary>Subjects of an incident that a message names.</summary>
    public const int NamedMembers = 20;
}
