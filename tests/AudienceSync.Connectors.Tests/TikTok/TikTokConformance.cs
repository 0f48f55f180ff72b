namespace AudienceSync.Connectors.Tests.TikTok;

public sealed class TikTokConformance : DestinationConformance
{
    private protected override async Task<DestinationWorld> StartAsync() => await TikTokWorld.StartAsync();
}
