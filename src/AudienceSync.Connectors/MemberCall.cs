using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors;

/// <summary>One call to send: one remote audience, one operation, at most one batch of members.</summary>
public sealed record MemberCall(RemoteAudienceId Audience, MemberOperation Operation, IReadOnlyList<Member> Members);

/// <summary>A member as a connector uses it: raw identifiers, and the normalizer version that turns them into digests.</summary>
public readonly record struct Member(PersonIdentifiers Identifiers, NormalizerVersion Normalizer);

/// <summary>The platform's id of an audience: decimal digits that exceed 2^53 at Meta, so it is text (contracts/meta.md 2).</summary>
public readonly record struct RemoteAudienceId(string Value)
{
    public override string ToString() => Value;
}
