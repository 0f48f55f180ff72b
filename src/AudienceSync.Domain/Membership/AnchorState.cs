namespace AudienceSync.Domain.Membership;

/// <summary>
/// What the events of one anchor state for one key: the fold over its facts. The same for the live fold and for a rebuild.
/// </summary>
/// <param name="State">The latest add and the latest remove.</param>
/// <param name="EventPos">The position of the last event that changed it.</param>
public readonly record struct AnchorState(MembershipState State, long EventPos)
{
    /// <summary>False when a later fact of its kind is already folded: then the fact is superseded.</summary>
    public bool TryApply(MembershipFact fact, long position, out AnchorState after)
    {
        var state = State.Apply(fact);
        after = state == State ? this : new AnchorState(state, position);
        return state != State;
    }

    /// <summary>The state of a version that takes over what its predecessor has for the same anchor.</summary>
    public AnchorState TakeOver(AnchorState predecessor)
    {
        var state = State.With(predecessor.State);
        return state == State ? this : new AnchorState(state, Math.Max(EventPos, predecessor.EventPos));
    }
}
