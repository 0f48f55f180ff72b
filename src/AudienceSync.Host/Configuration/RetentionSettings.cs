namespace AudienceSync.Host.Configuration;

/// <summary>For how long records are kept after they ended, in days.</summary>
public sealed record RetentionSettings(int CallsD, int JobsD, int QuarantineD)
{
    /// <summary>Days for which a raw body is kept, for replay and forensics.</summary>
    public const int BodiesD = 14;

    public const int DefaultD = 30;

    /// <summary>The longest time that can be set: ten years.</summary>
    public const int MaxD = 3_650;

    public static readonly RetentionSettings Default = new(DefaultD, DefaultD, DefaultD);
}
