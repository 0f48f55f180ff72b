namespace AudienceSync.Connectors.Tests.Webhook;

/// <summary>The same for a receiver with a format of its own, reached by templates.</summary>
public sealed class TemplatedConformance : DestinationConformance
{
    private protected override async Task<DestinationWorld> StartAsync() => await TemplatedWorld.StartAsync();
}
