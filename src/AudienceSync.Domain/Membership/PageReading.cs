namespace AudienceSync.Domain.Membership;

/// <summary>The facts of a page, or the first key in it that is not among the published keys: then they must be read again.</summary>
public readonly record struct PageReading(PageFacts? Facts, string? UnknownKey);
