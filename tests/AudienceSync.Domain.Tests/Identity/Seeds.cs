using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Identity;

/// <summary>Reproducible random inputs: the seed is printed, and <c>AUDIENCESYNC_SEED</c> sets it.</summary>
internal static class Seeds
{
    public static Random Of(ITestOutputHelper output, int otherwise)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("AUDIENCESYNC_SEED"), out var given) ? given : otherwise;
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    public static T Any<T>(this Random random, IReadOnlyList<T> all) => all[random.Next(all.Count)];
}
