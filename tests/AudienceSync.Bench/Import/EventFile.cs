using AudienceSync.Bench.Load;

namespace AudienceSync.Bench.Import;

/// <summary>The events of the load generator as a file of lines.</summary>
internal static class EventFile
{
    /// <param name="path">The file.</param>
    /// <param name="plan">As for a load; its events are written one after the other.</param>
    /// <param name="batches">How many batches of the plan's size.</param>
    /// <param name="clock">The events' time.</param>
    /// <returns>Events written.</returns>
    public static long Write(string path, LoadPlan plan, int batches, TimeProvider clock)
    {
        using var writer = new WebhookWriter(plan with { Connections = 1 }, connection: 0, clock);
        using FileStream file = File.Create(path);
        for (int batch = 0; batch < batches; batch++)
        {
            ReadOnlySpan<byte> request = writer.Next().Span;
            file.Write(request[(request.IndexOf("\r\n\r\n"u8) + 4)..]);
            file.Write("\n"u8);
        }

        return (long)batches * plan.EventsPerRequest;
    }
}
