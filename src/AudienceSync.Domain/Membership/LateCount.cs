namespace AudienceSync.Domain.Membership;

/// <summary>The late events that a page of the log adds to a drain's count.</summary>
public sealed record LateCount(long DrainId, int Events, DateTimeOffset LastAt);
