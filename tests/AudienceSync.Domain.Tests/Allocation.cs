namespace AudienceSync.Domain.Tests;

/// <summary>Counts what an action allocates, apart from what the runtime allocates on the same thread while it recompiles it.</summary>
internal static class Allocation
{
    private const int Rounds = 5;

    /// <summary>Bytes of a thousand calls, in the round with the fewest of five.</summary>
    public static long PerThousandOf(Action action)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1_000; i++)
            {
                action();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
