namespace AudienceSync.Host.Messages;

/// <summary>How long what a service did not take waits until it is sent again.</summary>
internal static class SendWait
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>Half a minute, twice as long each time, at most ten minutes; or as long as the service requested.</summary>
    /// <param name="waits">How often it has waited before.</param>
    /// <param name="requested">By the service; null for nothing.</param>
    public static TimeSpan After(int waits, TimeSpan? requested)
    {
        var grown = First * Math.Pow(2, Math.Min(waits, 10));
        var wait = grown < Longest ? grown : Longest;
        return requested > wait ? requested.Value : wait;
    }
}
