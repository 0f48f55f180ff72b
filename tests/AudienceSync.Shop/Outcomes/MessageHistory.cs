namespace AudienceSync.Shop.Outcomes;

/// <summary>
/// Draws what happened to the messages of one customer. A hard bounce and a run of soft bounces are the last thing that happens on their
/// channel, and nobody who complained subscribes again: the documents do not state what a later delivery proves.
/// </summary>
internal sealed class MessageHistory(Random random, DateTimeOffset start)
{
    internal sealed record Entry(OutcomeChannel Channel, OutcomeKind Kind, DateTimeOffset At);

    /// <summary>Soft bounces without a delivery after them that make an address undeliverable.</summary>
    public const int SoftBounces = 5;

    /// <summary>The days within which they count.</summary>
    public const int SoftBounceDays = 30;

    private const int FirstDay = 60;
    private const int BounceDays = 20;

    /// <summary>In chronological order; never empty.</summary>
    /// <param name="hasPhone">Whether the customer receives text messages.</param>
    public IReadOnlyList<Entry> Draw(bool hasPhone)
    {
        var entries = new List<Entry>();
        for (var message = random.Next(1, 4); message > 0; message--)
        {
            Message(entries, start.AddSeconds(-random.Next((BounceDays + 1) * 86_400, FirstDay * 86_400)));
        }

        switch (random.NextDouble())
        {
            case < 0.08:
                entries.Add(Email(OutcomeKind.HardBounced, Recent(0)));
                break;
            case < 0.13:
                Repeat(entries, SoftBounces + random.Next(3));
                break;
            case < 0.2:
                Repeat(entries, random.Next(1, SoftBounces));
                break;
            case < 0.25:
                entries.Add(Email(OutcomeKind.Complained, Recent(0)));
                break;
            case < 0.31:
                entries.Add(Email(OutcomeKind.Unsubscribed, Recent(10)));
                if (random.Next(3) == 0)
                {
                    entries.Add(Email(OutcomeKind.Subscribed, Recent(0)));
                }

                break;
            case < 0.37:
                entries.Add(Email(OutcomeKind.PreferencesChanged, Recent(0)));
                break;
            case < 0.47 when hasPhone:
                entries.Add(new Entry(OutcomeChannel.Sms, OutcomeKind.Delivered, Recent(10)));
                entries.Add(
                    new Entry(OutcomeChannel.Sms, random.Next(3) == 0 ? OutcomeKind.HardBounced : OutcomeKind.SoftBounced, Recent(0))
                );
                break;
            default:
                break;
        }

        return [.. entries.OrderBy(entry => entry.At)];
    }

    private static Entry Email(OutcomeKind kind, DateTimeOffset at) => new(OutcomeChannel.Email, kind, at);

    private void Message(List<Entry> entries, DateTimeOffset at)
    {
        entries.Add(Email(OutcomeKind.Delivered, at));
        if (random.Next(3) == 0)
        {
            entries.Add(Email(OutcomeKind.OpenedByMachine, at.AddSeconds(random.Next(1, 30))));
            entries.Add(Email(OutcomeKind.ClickedByMachine, at.AddSeconds(random.Next(1, 30))));
        }

        if (random.Next(3) == 0)
        {
            entries.Add(Email(OutcomeKind.Opened, at.AddSeconds(random.Next(60, 86_400))));
            entries.Add(Email(OutcomeKind.Clicked, at.AddSeconds(random.Next(60, 86_400))));
        }
    }

    private void Repeat(List<Entry> entries, int count)
    {
        // Each at another second, so that every one of them counts.
        var first = start.AddDays(-BounceDays).AddSeconds(random.Next(86_400));
        entries.AddRange(Enumerable.Range(0, count).Select(i => Email(OutcomeKind.SoftBounced, first.AddDays(2 * i))));
    }

    private DateTimeOffset Recent(int days) => start.AddDays(-days).AddSeconds(-random.Next(3_600, 9 * 86_400));
}
