using System.Text.Json;

namespace AudienceSync.Shop.Watching;

/// <param name="Status">The last status read; null when none was.</param>
internal sealed record QuietResult(bool IsQuiet, EngineStatus? Status, string LastText);

/// <summary>
/// Waits until the engine reports twice in a row that everything accepted is projected, everything projected is delivered, and every
/// platform has confirmed it.
/// </summary>
internal sealed class QuietWait(EngineApi engine, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    public async Task<QuietResult> WaitAsync(TimeSpan limit, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        EngineStatus? last = null;
        var text = "no status was read";
        for (var quietInARow = 0; time.GetElapsedTime(started) < limit; )
        {
            try
            {
                (text, last) = await engine.StatusAsync(cancel);
                foreach (var plan in (last.Plans ?? []).Where(plan => plan.State == "waiting"))
                {
                    // Everything that the shop sends is intended.
                    await engine.ApproveAsync(plan, cancel);
                }

                quietInARow = IsQuiet(last) ? quietInARow + 1 : 0;
            }
            catch (Exception e)
                when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                quietInARow = 0;
                text = e.Message;
            }

            if (quietInARow == 2)
            {
                return new QuietResult(true, last, text);
            }

            await Task.Delay(Interval, time, cancel);
        }

        return new QuietResult(false, last, text);
    }

    // Outcomes become suppressions in a projection of their own, and those are events of the log again.
    private static bool IsQuiet(EngineStatus status) =>
        status.Quiet
        && status.Bindings.All(binding => binding.OpenJobs == 0)
        && (status.Projections ?? []).All(projection => projection.Lag == 0);
}
