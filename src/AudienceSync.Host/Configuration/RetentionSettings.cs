namespace AudienceSync.Host.Configuration;

/// <summary>For how long records are kept after they ended, in days.</summary>
public sealed record RetentionSettings(int CallsD, int JobsD, int QuarantineD)
{
    /// <summary>Days for which a raw body is kept, for replay and forensics.</summary>
    public const int BodiesD = 14;

    /// <summary>Days for which a report's body is kept unless set otherwise.</summary>
    public const int DefaultReportsD = 30;

    /// <summary>The shortest time that can be set: its sender retries for so long.</summary>
    public const int LeastReportsD = 7;

    /// <summary>The longest time that can be set.</summary>
    public const int MostReportsD = 30;

    public const int DefaultD = 30;

    /// <summary>The longest time that can be set: ten years.</summary>
    public const int MaxD = 3_650;

    /// <summary>Days for which a report's body is kept, for replay.</summary>
    public int ReportsD { get; init; } = DefaultReportsD;

    public static readonly RetentionSettings Default = new(DefaultD, DefaultD, DefaultD);
}
