namespace AudienceSync.Host.Tests.Simulation;

internal static class Waiting
{
    /// <summary>Polls until a condition holds; other processes cannot be awaited.</summary>
    public static Task UntilAsync(Func<Task<bool>> holds, Func<string> otherwise) => Deadline.UntilAsync(holds, otherwise);
}
