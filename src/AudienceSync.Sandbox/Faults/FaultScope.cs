using System.Collections.Frozen;

namespace AudienceSync.Sandbox.Faults;

/// <summary>Which misbehaviour means something where. A rule is accepted when at least one platform it may hit knows it.</summary>
internal static class FaultScope
{
    private static readonly FrozenSet<FaultKind> AnyCall =
    [
        FaultKind.Delay, FaultKind.DropBefore, FaultKind.DropAfter, FaultKind.ServerError, FaultKind.HtmlError, FaultKind.TokenExpired,
    ];

    private static readonly FrozenDictionary<string, FrozenSet<FaultKind>> MemberCalls = new Dictionary<string, FrozenSet<FaultKind>>(StringComparer.Ordinal)
    {
        [PlatformNames.Meta] = Kinds(FaultKind.ErrorIn200, FaultKind.InvalidRows),
        [PlatformNames.Google] = Kinds(FaultKind.Conflict, FaultKind.JobFails, FaultKind.JobLost, FaultKind.JobSlow),
        [PlatformNames.TikTok] = Kinds(FaultKind.Conflict, FaultKind.NotEditable),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Adds, removes and removals of all; what a rule without an operation stands for.</summary>
    public static bool IsMemberCall(FaultOperation operation) =>
        operation is FaultOperation.Add or FaultOperation.Remove or FaultOperation.RemoveAll;

    /// <summary>Null stands for the member calls.</summary>
    public static bool Knows(string platform, FaultKind kind, FaultOperation? operation) => operation switch
    {
        null or FaultOperation.Add or FaultOperation.Remove => MemberCalls[platform].Contains(kind),
        // There are no rows of which a part could be refused.
        FaultOperation.RemoveAll => platform == PlatformNames.Google && kind != FaultKind.Partial && MemberCalls[platform].Contains(kind),
        FaultOperation.Token => platform == PlatformNames.Google && AnyCall.Contains(kind),
        FaultOperation.Status => platform == PlatformNames.Google && IsForOtherCalls(kind),
        FaultOperation.Create => platform != PlatformNames.Meta && IsForOtherCalls(kind),
        FaultOperation.Delete => platform == PlatformNames.TikTok && IsForOtherCalls(kind),
        _ => false,
    };

    private static bool IsForOtherCalls(FaultKind kind) => AnyCall.Contains(kind) || kind is FaultKind.Throttle or FaultKind.Ban;

    private static FrozenSet<FaultKind> Kinds(params FaultKind[] own) =>
    [
        .. AnyCall, FaultKind.Throttle, FaultKind.Ban, FaultKind.Partial, FaultKind.SilentDrop, FaultKind.ListDeleted, .. own,
    ];
}
