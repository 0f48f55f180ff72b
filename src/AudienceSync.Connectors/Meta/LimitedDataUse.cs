namespace AudienceSync.Connectors.Meta;

/// <summary>Where the law that limits the use of data applies: 1 and 1000 are the USA and California (contracts/meta.md 10).</summary>
public sealed record LimitedDataUse(int Country, int State);
