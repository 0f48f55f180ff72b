using System.Collections.Frozen;

namespace AudienceSync.Sandbox.Faults;

/// <summary>Which misbehaviour means something at one platform, by operation. A rule is accepted when at least one platform it may hit knows it.</summary>
internal sealed class FaultScope(IReadOnlyDictionary<FaultOperation, FaultKind[]> known)
{
    private readonly FrozenDictionary<FaultOperation, FrozenSet<FaultKind>> byOperation =
        known.ToFrozenDictionary(entry => entry.Key, entry => entry.Value.ToFrozenSet());

    /// <summary>What may happen to any call.</summary>
    public static readonly FaultKind[] AnyCall =
    [
        FaultKind.Delay, FaultKind.DropBefore, FaultKind.DropAfter, FaultKind.ServerError, FaultKind.HtmlError, FaultKind.TokenExpired,
    ];

    /// <summary>What may happen to a call that needs access to an account.</summary>
    public static readonly FaultKind[] AccountCalls = [.. AnyCall, FaultKind.Throttle, FaultKind.Ban];

    /// <summary>What may happen to a call with members of one list.</summary>
    public static readonly FaultKind[] MemberCalls =
    [
        .. AccountCalls, FaultKind.Partial, FaultKind.SilentDrop, FaultKind.ListDeleted, FaultKind.HumanEdit,
    ];

    /// <summary>Calls that change members; what a rule without an operation stands for.</summary>
    public static bool IsMemberCall(FaultOperation operation) =>
        operation is FaultOperation.Add or FaultOperation.Remove or FaultOperation.RemoveAll or FaultOperation.Replace or FaultOperation.Erase;

    /// <summary>Null stands for the member calls.</summary>
    public bool Knows(FaultKind kind, FaultOperation? operation) =>
        byOperation.TryGetValue(operation ?? FaultOperation.Add, out var kinds) && kinds.Contains(kind);
}
