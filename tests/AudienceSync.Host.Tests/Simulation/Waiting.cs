namespace AudienceSync.Host.Tests.Simulation;

internal static class Waiting
{
    /// <summary>Looks until something holds; other processes cannot be awaited.</summary>
    public static Task UntilAsync(Func<Task<bool>> holds, Func<string> otherwise) => Deadline.UntilAsync(holds, otherwise);
}
