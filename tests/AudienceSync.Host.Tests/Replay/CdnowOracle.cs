namespace AudienceSync.Host.Tests.Replay;

/// <summary>
/// The members of an audience at a time, from the file alone and by the meaning of the audience, not by webhooks: it follows from the last
/// purchase.
/// </summary>
internal static class CdnowOracle
{
    /// <summary>Bought within the last 14 days.</summary>
    public static HashSet<string> PostPurchase(IReadOnlyDictionary<string, DateOnly[]> purchases, DateTimeOffset now) =>
        Who(purchases, now, (lastPurchase, today) => today - lastPurchase < 14);

    /// <summary>Bought last at least 45 and less than 90 days ago. The file's end limits what a journey could have known.</summary>
    public static HashSet<string> Winback(IReadOnlyDictionary<string, DateOnly[]> purchases, DateTimeOffset now) =>
        Who(
            purchases,
            now,
            (lastPurchase, today) => today - lastPurchase is >= 45 and < 90 && lastPurchase + 45 <= CdnowFile.Horizon.DayNumber
        );

    private static HashSet<string> Who(IReadOnlyDictionary<string, DateOnly[]> purchases, DateTimeOffset now, Func<int, int, bool> isMember)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var members = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (customer, days) in purchases)
        {
            var last = -1;
            foreach (var day in days)
            {
                last = day <= today ? day.DayNumber : last;
            }

            if (last >= 0 && isMember(last, today.DayNumber))
            {
                members.Add(customer);
            }
        }

        return members;
    }
}
