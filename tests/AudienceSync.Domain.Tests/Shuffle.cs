namespace AudienceSync.Domain.Tests;

/// <summary>The same items in another order, some of them more than once: what a network does to webhooks.</summary>
internal static class Shuffle
{
    public static List<T> WithRepeats<T>(IReadOnlyList<T> items, Random random)
    {
        var all = items.ToList();
        for (var extra = random.Next(items.Count + 1); extra > 0; extra--)
        {
            all.Add(items[random.Next(items.Count)]);
        }

        var shuffled = all.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }
}
