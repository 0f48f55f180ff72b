using AudienceSync.Domain;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>One Host with a clock that stands still for all tests of a class. One of its audiences has the longest name allowed.</summary>
public sealed class IngestHost : IAsyncLifetime
{
    public static readonly TestAudience Longest = new(new string('a', Limits.AudienceKeyChars - "_v1".Length), Window_d: 7);

    public TestHost Host { get; private set; } = null!;

    public static TestHostOptions Options =>
        new() { Clock = new SetClock(Sample.Now), Audiences = [new("high_intent_cart_7d", 7), Longest] };

    public async Task InitializeAsync() => Host = await TestHost.StartAsync(Options);

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
