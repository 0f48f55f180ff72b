namespace AudienceSync.Host.People.Erasure;

/// <summary>How close a waiting request is to its deadline.</summary>
public enum ErasureAlarm
{
    None = 0,

    /// <summary>A week or less is left.</summary>
    Due,

    /// <summary>The deadline has passed.</summary>
    Overdue,
}

/// <summary>Computes the alarm.</summary>
public static class ErasureAlarms
{
    /// <summary>How long before the deadline a human is alerted.</summary>
    public static readonly TimeSpan Before = TimeSpan.FromDays(7);

    public static ErasureAlarm Of(ErasureRow erasure, DateTimeOffset now) =>
        erasure.State == ErasureState.Waiting ? Of(erasure.Deadline, now) : ErasureAlarm.None;

    public static ErasureAlarm Of(DateTimeOffset? deadline, DateTimeOffset now) =>
        deadline is not { } until || now < until - Before ? ErasureAlarm.None
        : now < until ? ErasureAlarm.Due
        : ErasureAlarm.Overdue;
}
