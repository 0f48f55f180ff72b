namespace AudienceSync.Domain.Audiences;

/// <summary>The immutable properties of an audience key.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Window">How long an add holds; null when it holds until a remove.</param>
public sealed record KeyVersion(AudienceKey Key, TimeSpan? Window);
