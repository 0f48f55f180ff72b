namespace AudienceSync.Sandbox.TikTok;

/// <summary>Settings of an advertiser account on the simulated TikTok in addition to its token; every field has a default.</summary>
public sealed record TikTokSettings
{
    /// <summary>The accounts of one call must share it (contract tiktok 5.2).</summary>
    public string BusinessCenter { get; init; } = "sandbox";

    /// <summary>Calls per second, app and endpoint: the basic tier of contract 9.</summary>
    public int CallsPerSecond { get; init; } = 10;

    public int CallsPerMinute { get; init; } = 600;

    public int CallsPerDay { get; init; } = 864_000;

    /// <summary>Calls per second of one advertiser (40133); null for no limit.</summary>
    public int? AdvertiserCallsPerSecond { get; init; }

    /// <summary>Rows per <c>segment/mapping</c> call; the contract has no reliable number (5.3).</summary>
    public int MaxRows { get; init; } = 10_000;

    /// <summary>Seconds until a change is visible in <c>cover_num</c>; 24 to 48 hours on the real platform (contract 11).</summary>
    public int SizeDelayS { get; init; } = 86_400;

    /// <summary>Percentage of people that are matched on TikTok.</summary>
    public int MatchPercent { get; init; } = 100;

    /// <summary>Seconds after an accepted change in which the audience is "not editable" (40002); 0 for never.</summary>
    public int BusyS { get; init; }

    internal string? Validate() =>
        this switch
        {
            { BusinessCenter: "" } => "tiktok.business_center must not be empty",
            { CallsPerSecond: < 1 }
            or { CallsPerMinute: < 1 }
            or { CallsPerDay: < 1 }
            or { AdvertiserCallsPerSecond: < 1 }
            or { MaxRows: < 1 } => "the limits of tiktok must be at least 1",
            { SizeDelayS: < 0 } or { BusyS: < 0 } => "tiktok.size_delay_s and tiktok.busy_s must not be negative",
            { MatchPercent: < 0 or > 100 } => "tiktok.match_percent must be 0 to 100",
            _ => null,
        };
}
