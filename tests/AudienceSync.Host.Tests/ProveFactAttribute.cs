namespace AudienceSync.Host.Tests;

/// <summary>A test that takes minutes: run by <c>./prove</c>, which sets AUDIENCESYNC_PROVE=1, and skipped elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProveFactAttribute : FactAttribute
{
    public ProveFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("AUDIENCESYNC_PROVE") != "1")
        {
            Skip = "Takes minutes; ./prove runs it.";
        }
    }
}
