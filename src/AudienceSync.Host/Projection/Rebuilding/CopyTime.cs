namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>timestamptz in binary: microseconds since 2000. The limits of .NET's time range map to infinity, as in the driver.</summary>
internal static class CopyTime
{
    private static readonly long Year2000 = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    public static long Of(DateTimeOffset time) =>
        time.UtcTicks == DateTime.MaxValue.Ticks ? long.MaxValue
        : time.UtcTicks == DateTime.MinValue.Ticks ? long.MinValue
        : (time.UtcTicks - Year2000) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Of(long stored) =>
        stored switch
        {
            long.MaxValue => DateTimeOffset.MaxValue,
            long.MinValue => DateTimeOffset.MinValue,
            _ => new DateTimeOffset((stored * TimeSpan.TicksPerMicrosecond) + Year2000, TimeSpan.Zero),
        };
}
