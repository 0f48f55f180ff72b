namespace AudienceSync.Host.Exposures;

/// <summary>How a workspace logs exposures.</summary>
/// <param name="IsOn">Whether the configuration has the section <c>exposures</c>.</param>
/// <param name="LinkKey">The key under which customer ids are hashed, which the tenant holds, too; null for no links.</param>
/// <param name="Destinations">The names of the ad accounts.</param>
public sealed record ExposurePlan(bool IsOn, byte[]? LinkKey, IReadOnlyList<string> Destinations)
{
    /// <summary>Bytes that a key must have at least.</summary>
    public const int LeastKeyBytes = 32;

    /// <summary>A secret never reaches a log by accident.</summary>
    public override string ToString() => $"ExposurePlan({IsOn})";
}
