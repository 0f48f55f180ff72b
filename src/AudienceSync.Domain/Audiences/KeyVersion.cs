namespace AudienceSync.Domain.Audiences;

/// <summary>What an audience key promises for ever.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Window">How long an add holds; null when it holds until a remove.</param>
public sealed record KeyVersion(AudienceKey Key, TimeSpan? Window);
