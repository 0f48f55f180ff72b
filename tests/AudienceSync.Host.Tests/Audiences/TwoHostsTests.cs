using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Audiences;

public sealed class TwoHostsTests
{
    [Fact]
    public async Task A_key_published_at_one_host_is_accepted_and_folded_by_the_other_without_a_restart()
    {
        var clock = new OffsetClock(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));
        await using var first = await TestHost.StartAsync(new TestHostOptions { Clock = clock });
        await using var second = await TestHost.StartAsync(
            new TestHostOptions
            {
                Clock = clock,
                Database = first.Database,
                Platform = first.Sandbox,
            }
        );
        for (var version = 2; version < 6; version++)
        {
            var key = $"high_intent_cart_7d_v{version}";
            await second.ApplyChangeAsync($"keys/{key}/publish", new { window_d = 7 + version });
            (await second.SendEventAsync("add", key, "ann")).Status.ShouldBe(200, "the Host that published it has it at once");
        }

        await second.WaitUntilQuietAsync();
        (await first.SendEventAsync("add", "high_intent_cart_7d_v5", "ben")).Status.ShouldBe(200);
        var status = await first.WaitUntilQuietAsync();
        status
            .GetProperty("audiences")
            .EnumerateArray()
            .Where(key => key.GetProperty("audience").GetString() == RegistryStage.Audience)
            .Select(key => key.GetProperty("present").GetInt64())
            .ShouldBe([0, 1, 1, 1, 2]);
        first.LogLines.Concat(second.LogLines).ShouldNotContain(line => line.Contains("retrying until"));
    }
}
