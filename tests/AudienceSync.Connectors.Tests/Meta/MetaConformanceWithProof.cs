namespace AudienceSync.Connectors.Tests.Meta;

/// <summary>The same with an app that requires the secret's proof on every call (contracts/meta.md 3).</summary>
public sealed class MetaConformanceWithProof : DestinationConformance
{
    private protected override async Task<DestinationWorld> StartAsync() => await MetaWorld.StartAsync(appSecret: "dummySecret");
}
