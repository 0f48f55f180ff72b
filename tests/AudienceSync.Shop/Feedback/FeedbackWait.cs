using AudienceSync.Shop.Watching;

namespace AudienceSync.Shop.Feedback;

/// <summary>Waits until what was reported to the sender is what is in effect: reports follow the platforms with a delay.</summary>
internal sealed class FeedbackWait(SandboxApi sandbox, string site, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>The last comparison, which is good unless the limit was reached.</summary>
    public async Task<FeedbackFinding> WaitAsync(Func<FeedbackComparison> compare, TimeSpan limit, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var finding = compare().Evaluate(await sandbox.PeopleAsync(site, cancel), await sandbox.RefusedAsync(site, cancel));
            if (finding.IsGood || time.GetElapsedTime(started) >= limit)
            {
                return finding;
            }

            await Task.Delay(Interval, time, cancel);
        }
    }
}
