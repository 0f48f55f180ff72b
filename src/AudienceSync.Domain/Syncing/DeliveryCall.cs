namespace AudienceSync.Domain.Syncing;

/// <summary>A call for members of a remote audience: what was intended for each, and what was known before.</summary>
/// <param name="Operation">The same for all of them.</param>
/// <param name="Deliveries">Everyone whom the call is about.</param>
/// <param name="Unsent">Those of them that were not sent, in their order; nobody in most calls.</param>
public sealed record DeliveryCall(MemberOperation Operation, IReadOnlyList<MemberDelivery> Deliveries, IReadOnlyList<UnsentMember> Unsent)
{
    /// <summary>Members that were sent.</summary>
    public int Sent => Deliveries.Count - Unsent.Count;

    /// <summary>The indexes of the deliveries that were sent, in the order in which the platform received them and counts them.</summary>
    public IEnumerable<int> SentIndexes()
    {
        var skipped = 0;
        for (var i = 0; i < Deliveries.Count; i++)
        {
            if (skipped < Unsent.Count && Unsent[skipped].Index == i)
            {
                skipped++;
            }
            else
            {
                yield return i;
            }
        }
    }
}

/// <summary>A member for whom nothing could be sent, or nothing had to be.</summary>
/// <param name="Index">In the deliveries of the call.</param>
/// <param name="Reason">A stable code.</param>
public readonly record struct UnsentMember(int Index, string Reason)
{
    /// <summary>Nothing of the member is removed, because another member of the remote audience has all of it.</summary>
    public const string KeptForAnother = "kept_for_another";

    /// <summary>The identifiers were destroyed by an erasure.</summary>
    public const string Destroyed = "identifiers_destroyed";
}
