using System.Diagnostics;
using System.Globalization;

namespace AudienceSync.Bench.Rebuild;

/// <summary>How long each phase of a rebuild took. A phase lasts until the next one begins.</summary>
internal sealed class PhaseTimes
{
    private readonly List<string> _times = [];
    private string? _phase;
    private long _began;

    public void Begin(string phase)
    {
        if (phase == _phase)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        if (_phase is not null)
        {
            _times.Add(
                string.Create(CultureInfo.InvariantCulture, $"{_phase} {Stopwatch.GetElapsedTime(_began, now).TotalMilliseconds:N0}")
            );
        }

        (_phase, _began) = (phase, now);
    }

    public override string ToString() => string.Join(", ", _times);
}
