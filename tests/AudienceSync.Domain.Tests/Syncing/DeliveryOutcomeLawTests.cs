using AudienceSync.Domain.Syncing;
using FsCheck;
using FsCheck.Fluent;
using Outcome = AudienceSync.Domain.Syncing.Outcome;

namespace AudienceSync.Domain.Tests.Syncing;

/// <summary>Laws of <see cref="DeliveryOutcome"/> for any call. A failure prints its seed and the smallest counterexample.</summary>
public sealed class DeliveryOutcomeLawTests
{
    private static readonly LedgerStatus[] Statuses = Enum.GetValues<LedgerStatus>();

    // One number for each member, and one for the response.
    private static readonly Arbitrary<int[]> Members = ArbMap.Default.ArbFor<int[]>();

    private static readonly Arbitrary<int> Responses = ArbMap.Default.ArbFor<int>();

    [Fact]
    public void Every_member_of_a_call_gets_exactly_one_ledger_change_or_stays_as_it_is() =>
        Verify(
            Prop.ForAll(
                Members,
                Responses,
                (members, response) =>
                {
                    var (call, answer) = (CallOf(members), AnswerOf(members, response));
                    var outcome = Calls.Of(call, answer);
                    var changed = outcome.Ledger.Select(change => change.Person).ToList();
                    return changed.Count == changed.Distinct().Count()
                        && changed.All(person => call.Deliveries.Any(delivery => delivery.Person == person))
                        && (
                            !outcome.IsConclusive
                            || call.Deliveries.All(delivery => delivery.Residual is not null || changed.Contains(delivery.Person))
                        );
                }
            )
        );

    [Fact]
    public void A_call_that_did_nothing_leaves_everyone_who_may_be_there_and_no_one_else() =>
        Verify(
            Prop.ForAll(
                Members,
                Responses,
                (members, response) =>
                {
                    var call = CallOf(members);
                    var answer = AnswerOf(members, response);
                    var outcome = Calls.Of(call, answer);
                    return !Refusals.RefusesAll(answer.Outcome.Kind)
                        || outcome.IsConclusive
                        || outcome.Ledger.All(change =>
                            change.Reason is not null
                            || Refusals.MayBeThere(change.Entry)
                                == Refusals.MayBeThere(call.Deliveries.First(one => one.Person == change.Person).Before)
                        );
                }
            )
        );

    [Fact]
    public void A_throttled_removal_changes_no_member_and_keeps_the_place() =>
        Verify(
            Prop.ForAll(
                Members,
                members =>
                {
                    var outcome = Calls.Of(
                        new DeliveryCall(MemberOperation.Remove, RemovalsOf(members), []),
                        Calls.Answer(OutcomeKind.Snooze)
                    );
                    return outcome.Ledger.Count + outcome.Residuals.Count == 0 && outcome.Lane.Place is null && !outcome.IsConclusive;
                }
            )
        );

    [Fact]
    public void A_call_that_names_whom_it_refuses_has_the_outcome_of_its_halves() =>
        Verify(
            Prop.ForAll(
                Members,
                Responses,
                (members, response) =>
                {
                    var (call, answer) = (CallOf(members), AnswerOf(members, response));
                    if (answer.HasJob || answer.HidesNames || answer.Outcome.Kind == OutcomeKind.SplitBatch || call.Unsent.Count > 0)
                    {
                        return true;
                    }

                    var half = members.Length / 2;
                    var (first, second) = (PartOf(call, answer, 0, half), PartOf(call, answer, half, members.Length));
                    var whole = Calls.Of(call, answer);
                    return whole.Ledger.SequenceEqual([.. first.Ledger, .. second.Ledger])
                        && whole.Residuals.SequenceEqual([.. first.Residuals, .. second.Residuals])
                        && Enumerable
                            .Range(0, members.Length)
                            .All(i => whole.ResultOf(i) == (i < half ? first.ResultOf(i) : second.ResultOf(i - half)));
                }
            )
        );

    private static DeliveryOutcome PartOf(DeliveryCall call, CallAnswer answer, int from, int to)
    {
        var named = answer
            .Rejected.Where(member => member.Index >= from && member.Index < to)
            .Select(member => member with { Index = member.Index - from })
            .ToList();
        var invalid = answer
            .Invalid.Where(member => member.Index >= from && member.Index < to)
            .Select(member => member with { Index = member.Index - from })
            .ToList();

        // A half of which no one is refused is done.
        var outcome = answer.Outcome.Kind == OutcomeKind.PartlyDone && named.Count == 0 ? Outcome.Done : answer.Outcome;
        return Calls.Of(
            call with
            {
                Deliveries = [.. call.Deliveries.Take(to).Skip(from)],
            },
            answer with
            {
                Outcome = outcome,
                Rejected = named,
                Invalid = invalid,
            }
        );
    }

    private static DeliveryCall CallOf(int[] members)
    {
        var operation = members.Length % 2 == 0 ? MemberOperation.Add : MemberOperation.Remove;
        var unsent = members
            .Index()
            .Where(member => Bits(member.Item, 12, 3) == 0)
            .Select(member => new UnsentMember(member.Index, "not_sent"))
            .ToList();
        return new DeliveryCall(
            operation,
            operation == MemberOperation.Add ? [.. members.Select((member, i) => Calls.Add(i, StatusOf(member)))] : RemovalsOf(members),
            unsent
        );
    }

    private static List<MemberDelivery> RemovalsOf(int[] members) =>
        [
            .. members.Select(
                (member, i) =>
                    Calls.Remove(i, StatusOf(member)) with
                    {
                        Replaced = Bits(member, 3, 2) == 1,
                        Residual = Bits(member, 3, 2) == 2 ? ResidualKind.Refused : null,
                        After = Bits(member, 5, 1) == 1 ? Calls.Entry(LedgerStatus.Adding, revision: 2) : null,
                    }
            ),
        ];

    private static CallAnswer AnswerOf(int[] members, int response)
    {
        var call = CallOf(members);
        if (call.Sent == 0)
        {
            return CallAnswer.NothingToSend;
        }

        var kinds = Enum.GetValues<OutcomeKind>();
        var answer = Calls.Answer(kinds[Bits(response, 0, 8) % kinds.Length]) with
        {
            Invalid =
            [
                .. call.SentIndexes()
                    .Index()
                    .Where(sent => Bits(members[sent.Item], 6, 3) == 1)
                    .Select(sent => new RefusedMember(sent.Index, "unusable")),
            ],
        };
        return answer.Outcome.Kind != OutcomeKind.PartlyDone
            ? answer with
            {
                HasJob = answer.Outcome.Kind == OutcomeKind.Done && Bits(response, 8, 2) == 1,
            }
            : answer with
            {
                Rejected =
                [
                    .. call.SentIndexes()
                        .Index()
                        .Where(sent => Bits(members[sent.Item], 6, 3) == 2)
                        .Select(sent => new RefusedMember(sent.Index, "why")),
                ],
                HasJob = Bits(response, 8, 2) == 1,
            };
    }

    private static LedgerStatus StatusOf(int member) => Statuses[Bits(member, 0, 3) % Statuses.Length];

    // FsCheck draws small numbers: spread over all bits.
    private static int Bits(int number, int from, int count) =>
        (int)((((uint)number * 2_654_435_761u) >> (31 - from - count)) & ((1u << count) - 1));

    private static void Verify(Property property) => property.Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
