using System.Text.Json;
using AudienceSync.Bench.Import;
using AudienceSync.Bench.Load;

namespace AudienceSync.Bench.Tests;

public sealed class EventFileTests
{
    private static readonly LoadPlan Plan = new("127.0.0.1:5400", "token", "signing key", "run", 8, 18, 1, 1, 7)
    {
        EventsPerRequest = 500,
        FirstPerson = 6_000_000,
    };

    [Fact]
    public void A_file_has_one_new_event_on_each_line()
    {
        string path = Path.GetTempFileName();
        try
        {
            EventFile.Write(path, Plan, batches: 3, TimeProvider.System).ShouldBe(1_500);
            JsonElement[] events = [.. File.ReadAllLines(path).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
            events.Length.ShouldBe(1_500);
            events.Select(one => one.GetProperty("event_id").GetString()).Distinct(StringComparer.Ordinal).Count().ShouldBe(1_500);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void An_import_that_lost_an_event_fails_the_bench()
    {
        const string summary = """{"read":1500,"accepted":1500,"finished":true,"seconds":0.5}""";
        FileImport.Read(summary, 1_500).PerSecond.ShouldBe(3_000);
        Should.Throw<BenchFailedException>(() => FileImport.Read(summary, 1_501));
        Should.Throw<BenchFailedException>(() => FileImport.Read(summary.Replace("true", "false", StringComparison.Ordinal), 1_500));
    }
}
