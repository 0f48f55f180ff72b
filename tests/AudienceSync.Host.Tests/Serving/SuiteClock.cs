using System.Globalization;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>
/// The time of a Host whose test sets none: years ahead of the machine, so that a test which mixes a fixed day with "now" fails on the day
/// it is written and not weeks later, when the fixed day has left some window. <c>./test</c> draws the offset and prints it.
/// </summary>
public static class SuiteClock
{
    /// <summary>The number of days ahead; set to repeat a run.</summary>
    public const string Variable = "AUDIENCESYNC_TEST_DAYS";

    private const int WithoutVariable_d = 1000;

    /// <summary>How far the clock of the tests is ahead of that of the machine.</summary>
    public static TimeSpan Ahead { get; } =
        TimeSpan.FromDays(
            int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out var days)
                ? days
                : WithoutVariable_d
        );

    /// <summary>A separate clock; all clocks of a run agree.</summary>
    public static OffsetClock New()
    {
        var clock = new OffsetClock();
        clock.Advance(Ahead);
        return clock;
    }
}
