using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Feedback;

/// <summary>What happened to a person at a destination, as it is reported to the sender of the person.</summary>
public enum FeedbackFact
{
    /// <summary>The result decides nothing yet, or nothing new.</summary>
    None = 0,

    /// <summary>The platform has the person.</summary>
    Synced = 1,

    /// <summary>The platform refused the person, or the person could not be sent.</summary>
    Failed = 2,

    /// <summary>The platform no longer has the person.</summary>
    Removed = 3,
}

/// <summary>Which result of a delivery is a fact for the sender of the person.</summary>
public static class FeedbackFacts
{
    /// <summary>The kind of a delivery, as far as it matters here.</summary>
    public enum Delivery
    {
        /// <summary>An add of somebody whom the platform did not have.</summary>
        Add = 1,

        /// <summary>A removal.</summary>
        Remove = 2,

        /// <summary>An add of somebody whom the platform may have already.</summary>
        Refresh = 3,
    }

    /// <summary>
    /// What a result means. An accepted job is not a fact, because its end is one; a refresh that is acknowledged repeats what is known;
    /// and
    /// what is in doubt is sent again.
    /// </summary>
    /// <param name="delivery">The kind of the delivery.</param>
    /// <param name="result">One of <see cref="DeliveryResults"/>.</param>
    public static FeedbackFact Of(Delivery delivery, string result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (DeliveryResults.IsRejected(result))
        {
            return FeedbackFact.Failed;
        }

        var isDone = result is DeliveryResults.Acknowledged or DeliveryResults.Confirmed;
        return (isDone, delivery) switch
        {
            (true, Delivery.Add) => FeedbackFact.Synced,
            (true, Delivery.Remove) => FeedbackFact.Removed,
            _ => FeedbackFact.None,
        };
    }

    /// <summary>The name of its event; null for none.</summary>
    public static string? EventName(FeedbackFact fact) =>
        fact switch
        {
            FeedbackFact.Synced => "audience_synced",
            FeedbackFact.Failed => "audience_sync_failed",
            FeedbackFact.Removed => "audience_removed",
            _ => null,
        };

    /// <summary>The code of a rejected or invalid result; null for others.</summary>
    public static string? ReasonOf(string result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return DeliveryResults.IsRejected(result) ? result[(result.IndexOf(':', StringComparison.Ordinal) + 1)..] : null;
    }
}
