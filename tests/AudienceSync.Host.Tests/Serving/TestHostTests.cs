using Microsoft.Extensions.Logging;

namespace AudienceSync.Host.Tests.Serving;

public sealed class TestHostTests
{
    private const string Add =
        """{"event":"audience_add","event_id":"1","audience_key":"high_intent_cart_7d_v1","occurred_at":"2026-01-01T00:00:00Z","person":{"email":"ann@example.com"}}""";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_webhook_reaches_the_platform(bool realPort)
    {
        var clock = new OffsetClock(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));
        await using var host = await TestHost.StartAsync(new TestHostOptions { RealPort = realPort, Clock = clock });
        (await host.PostAsync(Add)).Status.ShouldBe(200);
        await host.WaitUntilQuietAsync();
        (await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).Count.ShouldBe(1);

        clock.Advance(TimeSpan.FromDays(7));
        await host.WaitUntilQuietAsync();
        (await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).ShouldBeEmpty("the window is over");
    }

    [Fact]
    public async Task Two_hosts_share_a_database_and_a_platform()
    {
        await using var first = await TestHost.StartAsync();
        await using var second = await TestHost.StartAsync(new TestHostOptions { Database = first.Database, Platform = first.Sandbox });
        (await first.PostAsync(Add)).Text.ShouldBe((await second.PostAsync(Add)).Text);
        await second.WaitUntilQuietAsync();
        (await first.ScalarAsync<long>("select count(*) from mt_events where type like 'audience_member%'")).ShouldBe(1);
    }

    [Fact]
    public async Task Log_lines_are_captured_with_their_values()
    {
        await using var host = await TestHost.StartAsync();
        host.LogLines.ShouldContain(line =>
            line.StartsWith(nameof(LogLevel.Information), StringComparison.Ordinal) && line.Contains("AudienceSync is ready at")
        );
    }
}
