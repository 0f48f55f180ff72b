namespace AudienceSync.Host.Tests;

/// <summary>A test that takes minutes: run by <c>./prove</c>, which sets AUDIENCESYNC_PROVE=1, and skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProveFactAttribute : FactAttribute
{
    /// <summary>Whether <c>./prove</c> runs: tests that have a short form take their long one.</summary>
    public static bool IsProving => Environment.GetEnvironmentVariable("AUDIENCESYNC_PROVE") == "1";

    public ProveFactAttribute()
    {
        if (!IsProving)
        {
            Skip = "Takes minutes; ./prove runs it.";
        }
    }
}
