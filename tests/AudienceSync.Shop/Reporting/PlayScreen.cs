using System.Globalization;
using AudienceSync.Shop.Sending;
using Spectre.Console;

namespace AudienceSync.Shop.Reporting;

/// <summary>Displays the progress of the play: a bar at a terminal, a line every two seconds elsewhere.</summary>
internal sealed class PlayScreen(IAnsiConsole console, Tally tally, int webhooks, TimeProvider time)
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(2);

    private readonly long _started = time.GetTimestamp();
    private (int Sent, TimeSpan At) _before;

    /// <summary>Displays the progress until the play is over, and rethrows its exception.</summary>
    public async Task ShowAsync(Task play)
    {
        if (console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal)
        {
            await console
                .Progress()
                .Columns(
                    new ProgressBarColumn { Width = 16 },
                    new PercentageColumn(),
                    new TaskDescriptionColumn { Alignment = Justify.Left }
                )
                .StartAsync(context => BarAsync(context, play));
        }
        else
        {
            await LinesAsync(play);
        }

        await play;
    }

    private async Task BarAsync(ProgressContext context, Task play)
    {
        var bar = context.AddTask("webhooks", maxValue: webhooks);
        do
        {
            await Task.WhenAny(play, Task.Delay(BarInterval, time));
            bar.Value = tally.Counts.Sent;
            bar.Description = Describe(isShort: true);
        } while (!play.IsCompleted);
    }

    private async Task LinesAsync(Task play)
    {
        do
        {
            await Task.WhenAny(play, Task.Delay(LineInterval, time));
            console.WriteLine(Describe(isShort: false));
        } while (!play.IsCompleted);
    }

    private string Describe(bool isShort)
    {
        var counts = tally.Counts;
        var now = time.GetElapsedTime(_started);
        var rate = (counts.Sent - _before.Sent) / Math.Max(0.001, (now - _before.At).TotalSeconds);
        _before = (counts.Sent, now);

        // At most 80 columns, including the bar.
        return isShort
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{counts.Accepted:N0} new {counts.Duplicates:N0} dup {counts.Quarantined} quarantined "
                    + $"{counts.Refused} refused {rate:N0}/s"
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"sent {counts.Sent:N0}/{webhooks:N0}  accepted {counts.Accepted:N0}  duplicates {counts.Duplicates:N0} "
                    + $" quarantined {counts.Quarantined:N0}  refused {counts.Refused:N0}  {rate:N0}/s"
            );
    }
}
