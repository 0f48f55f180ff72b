using System.Text.Json;
using AudienceSync.Shop.Running;
using AudienceSync.Shop.Watching;

namespace AudienceSync.Shop.Alerts;

/// <summary>The person on call: waits for the alert, corrects its cause, and looks at the end what is still open.</summary>
internal sealed class AlertWatch(EngineApi engine, SandboxApi sandbox, string? refused, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly AlertComparison _comparison = new(refused);
    private string _problem = "no alerts were read";

    /// <summary>Waits until everybody was alerted, then resumes the account. Without an alert it is resumed at the limit.</summary>
    public async Task CorrectAsync(TimeSpan limit, CancellationToken cancel)
    {
        if (refused is null)
        {
            return;
        }

        await PollAsync(_comparison.IsAlerted, limit, cancel);
        await engine.ResumeAsync(refused, cancel);
    }

    /// <summary>The last comparison, which is good unless the limit was reached: the engine looks every 15 seconds.</summary>
    public async Task<AlertFinding> EvaluateAsync(TimeSpan limit, CancellationToken cancel)
    {
        var people = new AlertedPeople(
            await sandbox.SlackAsync(StageFiles.Operations, cancel),
            await sandbox.IncidentsAsync(StageFiles.Operations, cancel)
        );
        var last = await PollAsync(alerts => _comparison.Evaluate(alerts, people).IsGood, limit, cancel);
        return last is null
            ? AlertFinding.None with
            {
                Missing = 1,
                Examples = [$"alerts: {_problem}"],
            }
            : _comparison.Evaluate(last, people);
    }

    private async Task<EngineAlerts?> PollAsync(Func<EngineAlerts, bool> holds, TimeSpan limit, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        EngineAlerts? last = null;
        do
        {
            try
            {
                last = await engine.AlertsAsync(cancel);
                if (holds(last))
                {
                    return last;
                }
            }
            catch (Exception e)
                when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                // The engine may have been killed; it comes back.
                _problem = e.Message;
            }

            await Task.Delay(Interval, time, cancel);
        } while (time.GetElapsedTime(started) < limit);

        return last;
    }
}
