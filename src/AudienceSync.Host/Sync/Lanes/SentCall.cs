using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync.Lanes;

/// <summary>A call and its response.</summary>
/// <param name="Call">Who was in it.</param>
/// <param name="Answer">The response.</param>
/// <param name="Record">For the record of calls; null when no call was made.</param>
public sealed record SentCall(DeliveryCall Call, CallAnswer Answer, CallRecord? Record);
