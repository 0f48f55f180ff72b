using System.Collections.Frozen;

namespace AudienceSync.Sandbox.Faults;

/// <summary>
/// The faults that one platform supports, by operation. A rule is accepted when at least one platform that it may match supports it.
/// </summary>
internal sealed class FaultScope(IReadOnlyDictionary<FaultOperation, FaultKind[]> known)
{
    private readonly FrozenDictionary<FaultOperation, FrozenSet<FaultKind>> byOperation = known.ToFrozenDictionary(
        entry => entry.Key,
        entry => entry.Value.ToFrozenSet()
    );

    /// <summary>Faults of any call.</summary>
    public static readonly FaultKind[] AnyCall =
    [
        FaultKind.Delay,
        FaultKind.DropBefore,
        FaultKind.DropAfter,
        FaultKind.ServerError,
        FaultKind.HtmlError,
        FaultKind.TokenExpired,
    ];

    /// <summary>Faults of a call that needs access to an account.</summary>
    public static readonly FaultKind[] AccountCalls = [.. AnyCall, FaultKind.Throttle, FaultKind.Ban];

    /// <summary>Faults of a call with members of one list.</summary>
    public static readonly FaultKind[] MemberCalls =
    [
        .. AccountCalls,
        FaultKind.Partial,
        FaultKind.SilentDrop,
        FaultKind.ListDeleted,
        FaultKind.HumanEdit,
    ];

    /// <summary>Calls that change members: the calls that a rule without an operation matches.</summary>
    public static bool IsMemberCall(FaultOperation operation) =>
        operation
            is FaultOperation.Add
                or FaultOperation.Remove
                or FaultOperation.RemoveAll
                or FaultOperation.Replace
                or FaultOperation.Erase;

    /// <summary>Null means the member calls.</summary>
    public bool Supports(FaultKind kind, FaultOperation? operation) =>
        byOperation.TryGetValue(operation ?? FaultOperation.Add, out var kinds) && kinds.Contains(kind);
}
