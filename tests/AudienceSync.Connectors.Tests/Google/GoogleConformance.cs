namespace AudienceSync.Connectors.Tests.Google;

public sealed class GoogleConformance : DestinationConformance
{
    private protected override async Task<DestinationWorld> StartAsync() => await GoogleWorld.StartAsync();
}
