using AudienceSync.Shop.Running;
using AudienceSync.Shop.Watching;

namespace AudienceSync.Shop.Exposures;

/// <summary>Waits until the exposure log has everything, exports it as an analyst would, and compares.</summary>
internal sealed class ExposureWait(EngineApi engine, Stage stage, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>The last comparison, which is good unless the limit was reached: the log follows the deliveries.</summary>
    public async Task<ExposureFinding> WaitAsync(ExposureComparison comparison, TimeSpan limit, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var (_, status) = await engine.StatusAsync(cancel);
            var isRead = status.Exposures is { } log && log.Streams.All(stream => stream.Lag == 0);
            var isLate = time.GetElapsedTime(started) >= limit;
            if (isRead || isLate)
            {
                var finding = comparison.Evaluate(await ReadAsync(cancel));
                if (finding.IsGood || isLate)
                {
                    return finding;
                }
            }

            await Task.Delay(Interval, time, cancel);
        }
    }

    private async Task<ExposureLog> ReadAsync(CancellationToken cancel)
    {
        var folder = await stage.ExportExposuresAsync(cancel);
        var (_, status) = await engine.StatusAsync(cancel);
        var rows = new List<ExposureRow>();
        while (await engine.ExposuresAsync(rows.Count == 0 ? 0 : rows[^1].Position, cancel) is { Count: > 0 } page)
        {
            rows.AddRange(page);
        }

        return new ExposureLog(
            status.Exposures?.Position ?? -1,
            rows,
            await ExposureFiles.ReadAsync<SpellRow>(folder, "spells", cancel),
            await ExposureFiles.ReadAsync<LinkRow>(folder, "links", cancel)
        );
    }
}
