using System.Globalization;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>
/// Random numbers for property tests: a new seed for each run, printed, and repeated with the variable <c>AUDIENCESYNC_TEST_SEED</c>.
/// </summary>
internal static class Seeded
{
    public static Random Random(Xunit.Abstractions.ITestOutputHelper output)
    {
        var given = Environment.GetEnvironmentVariable("AUDIENCESYNC_TEST_SEED");
        var seed = given is null
            ? (int)(TimeProvider.System.GetTimestamp() % int.MaxValue)
            : int.Parse(given, CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
