using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

/// <summary>Calls for <see cref="DeliveryOutcome"/>, and what follows from them as short texts.</summary>
internal static class Calls
{
    public static readonly DateTimeOffset Now = new(2026, 12, 1, 9, 0, 0, TimeSpan.Zero);

    /// <summary>The position to which a lane moves when it may.</summary>
    public const long Place = 7;

    public const double Chance = 0.5;

    /// <summary>A lane that works.</summary>
    public static readonly LaneProgress Settled = new(0, null, 0);

    public static LedgerEntry Entry(LedgerStatus status, int revision) => new(status, revision, new NormalizerVersion(1));

    /// <summary>The current delivery of a member, with what the ledger had before.</summary>
    public static MemberDelivery Add(int person, LedgerStatus before) =>
        new(PersonOf(person), Revision: 2, new NormalizerVersion(1)) { Before = Entry(before, revision: 1) };

    /// <summary>The former delivery of a member.</summary>
    public static MemberDelivery Remove(int person, LedgerStatus before = LedgerStatus.Delivered) =>
        new(PersonOf(person), Revision: 1, new NormalizerVersion(1)) { Before = Entry(before, revision: 1) };

    public static DeliveryOutcome Of(DeliveryCall call, CallAnswer answer) => DeliveryOutcome.Of(call, answer, Settled, Place, Now, Chance);

    public static CallAnswer Answer(OutcomeKind kind, params IReadOnlyList<RefusedMember> rejected) =>
        new(new Outcome(kind, "code"), [], rejected);

    /// <summary>What becomes of a person: the ledger row, then residual deliveries; "as it is" when nothing changes.</summary>
    public static string Of(DeliveryOutcome outcome, MemberDelivery member)
    {
        var changes = outcome
            .Ledger.Where(change => change.Person == member.Person)
            .Select(TextOf)
            .Concat(outcome.Residuals.Where(change => change.Person == member.Person).Select(TextOf))
            .ToList();
        return changes.Count == 0 ? "as it is" : string.Join(", ", changes);
    }

    private static string TextOf(LedgerChange change) =>
        $"{change.Entry.Status} "
        + $"{change.Entry.Revision}{(change.Reason is { } reason ? $" {reason}" : "")}{(change.JobRow is { } row ? $" row {row}" : "")}";

    private static string TextOf(ResidualChange change) =>
        $"residual {change.Kind} {change.Left.Revision} "
        + $"{(change.Rest is { } rest ? $"waits {rest.TotalHours} h" : "gone")}{(change.Reason is { } reason ? $" {reason}" : "")}";

    private static PersonId PersonOf(int number) => new(new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]));
}
