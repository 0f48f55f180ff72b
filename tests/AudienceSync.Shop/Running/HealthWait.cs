namespace AudienceSync.Shop.Running;

/// <summary>Waits until a started program answers 200, has ended, or the deadline passes.</summary>
internal sealed class HealthWait(HttpClient http, TimeProvider time)
{
    private const int TailLines = 30;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <exception cref="RunException">It ended or did not answer in time; the message contains the end of its log.</exception>
    public async Task WaitUntilHealthyAsync(ChildProcess child, Uri health, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < Deadline)
        {
            cancel.ThrowIfCancellationRequested();
            if (child.Ended.IsCompleted)
            {
                throw new RunException(
                    $"{child.Name} ended with code {child.ExitCode} during startup. The end of its log:\n{child.LogTail(TailLines)}"
                );
            }

            if (await AnswersAsync(health, cancel))
            {
                return;
            }

            await Task.Delay(Interval, time, cancel);
        }

        throw new RunException(
            $"{child.Name} was not ready after {Deadline.TotalSeconds:0} s. The end of its log:\n{child.LogTail(TailLines)}"
        );
    }

    private async Task<bool> AnswersAsync(Uri health, CancellationToken cancel)
    {
        try
        {
            using var response = await http.GetAsync(health, cancel);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return false;
        }
    }
}
