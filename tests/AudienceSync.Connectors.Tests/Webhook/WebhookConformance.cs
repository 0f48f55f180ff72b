namespace AudienceSync.Connectors.Tests.Webhook;

public sealed class WebhookConformance : DestinationConformance
{
    private protected override async Task<DestinationWorld> StartAsync() => await WebhookWorld.StartAsync();
}
