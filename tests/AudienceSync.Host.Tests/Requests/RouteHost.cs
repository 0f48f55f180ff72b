using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>One Host in memory, and one on a real port, for the tests of all routes.</summary>
public sealed class RouteHost : IAsyncLifetime
{
    public TestHost Memory { get; private set; } = null!;

    public TestHost Port { get; private set; } = null!;

    public IReadOnlyList<Route> Routes { get; private set; } = [];

    public async Task InitializeAsync()
    {
        Memory = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        Port = await TestHost.StartAsync(new TestHostOptions { RealPort = true });
        Routes = Route.Of(Memory);
    }

    public async Task DisposeAsync()
    {
        await Port.DisposeAsync();
        await Memory.DisposeAsync();
    }
}
