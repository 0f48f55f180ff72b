using System.Globalization;

namespace AudienceSync.Host.Tests.Serving;

/// <summary>
/// The time of a Host whose test names none: years ahead of the machine's, so that a test which mixes a fixed day with "now" fails on the
/// day it is written and not weeks later, when the fixed day has left some window. <c>./test</c> draws the distance and prints it.
/// </summary>
public static class SuiteClock
{
    /// <summary>How many days ahead; set to repeat a run.</summary>
    public const string Variable = "AUDIENCESYNC_TEST_DAYS";

    private const int WithoutVariable_d = 1000;

    /// <summary>How far the tests' clock is ahead of the machine's.</summary>
    public static TimeSpan Ahead { get; } = TimeSpan.FromDays(
        int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : WithoutVariable_d);

    /// <summary>A clock of one's own; all of a run agree.</summary>
    public static OffsetClock New()
    {
        var clock = new OffsetClock();
        clock.Advance(Ahead);
        return clock;
    }
}
