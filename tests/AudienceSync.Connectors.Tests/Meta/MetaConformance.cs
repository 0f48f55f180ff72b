namespace AudienceSync.Connectors.Tests.Meta;

public sealed class MetaConformance : DestinationConformance
{
    private protected override async Task<DestinationWorld> StartAsync() => await MetaWorld.StartAsync();
}
