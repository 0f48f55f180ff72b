namespace AudienceSync.Domain.Syncing;

/// <summary>
/// The result of a member's delivery, as it is stored: a name of this closed list, for some with a colon and the stable code of the reason.
/// </summary>
public static class DeliveryResults
{
    /// <summary>The platform did it.</summary>
    public const string Acknowledged = "acknowledged";

    /// <summary>The platform accepted a job that will do it.</summary>
    public const string Accepted = "accepted";

    /// <summary>The job did it.</summary>
    public const string Confirmed = "confirmed";

    private const string RejectedMark = "rejected:";
    private const string InvalidMark = "invalid:";
    private const string InDoubtMark = "in_doubt:";

    /// <summary>The result of everyone whom the platform did not name.</summary>
    /// <param name="outcome">Of the call.</param>
    /// <param name="isUnnamed">Whether it refused members without naming them, so it may be any of these.</param>
    /// <param name="hasJob">Whether it accepted a job that will do it.</param>
    public static string OfRest(Outcome outcome, bool isUnnamed, bool hasJob) =>
        outcome.Kind is not (OutcomeKind.Done or OutcomeKind.PartlyDone) || isUnnamed ? InDoubt(outcome.Code)
        : hasJob ? Accepted
        : Acknowledged;

    /// <summary>The platform refused the member.</summary>
    public static string Rejected(string code) => RejectedMark + code;

    /// <summary>We refused the member before sending.</summary>
    public static string Invalid(string code) => InvalidMark + code;

    /// <summary>A removal for which nothing had to be sent, or nothing could be.</summary>
    public static string Skipped(string code) => "skipped:" + code;

    /// <summary>No response that decides it; the member is sent again.</summary>
    public static string InDoubt(string code) => InDoubtMark + code;

    public static bool IsInDoubt(string result) => result.StartsWith(InDoubtMark, StringComparison.Ordinal);

    public static bool IsAccepted(string result) => result is Acknowledged or Accepted or Confirmed;

    public static bool IsRejected(string result) =>
        result.StartsWith(RejectedMark, StringComparison.Ordinal) || result.StartsWith(InvalidMark, StringComparison.Ordinal);
}
