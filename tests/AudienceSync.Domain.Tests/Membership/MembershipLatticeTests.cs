using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;
using FsCheck;
using FsCheck.Fluent;

namespace AudienceSync.Domain.Tests.Membership;

/// <summary>
/// Design section 6, rule 1, as laws: the state is a join of its facts, so order and repetition cannot matter. A failure prints its seed
/// and the smallest counterexample.
/// </summary>
public sealed class MembershipLatticeTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Arbitrary<int[]> Histories = ArbMap.Default.ArbFor<int[]>();

    [Fact]
    public void A_history_split_anywhere_and_joined_in_either_order_is_the_same_state() =>
        Verify(
            Prop.ForAll(
                Histories,
                Histories,
                (one, other) =>
                {
                    var whole = Fold([.. one, .. other]);
                    return Fold(one).With(Fold(other)) == whole
                        && Fold(other).With(Fold(one)) == whole
                        && Fold([.. other, .. one]) == whole;
                }
            )
        );

    [Fact]
    public void Joining_is_associative_and_a_state_joined_with_itself_or_with_nothing_is_itself() =>
        Verify(
            Prop.ForAll(
                Histories,
                Histories,
                Histories,
                (one, other, third) =>
                {
                    var (a, b, c) = (Fold(one), Fold(other), Fold(third));
                    return a.With(b).With(c) == a.With(b.With(c)) && a.With(a) == a && a.With(MembershipState.Nothing) == a;
                }
            )
        );

    [Fact]
    public void A_repeated_fact_changes_nothing() =>
        Verify(Prop.ForAll(Histories, history => history.All(fact => Fold(history).Apply(FactOf(fact)) == Fold(history))));

    [Fact]
    public void A_removal_as_late_as_every_add_is_a_removal() =>
        Verify(
            Prop.ForAll(
                Histories,
                history => Fold([.. history, RemovalAt(LastSecond)]).StatusAt(null, Start.AddHours(1)) == MembershipStatus.Removed
            )
        );

    [Fact]
    public void Whatever_was_delivered_is_removed_when_not_desired_and_what_is_as_desired_costs_no_call() =>
        Verify(
            Prop.ForAll(
                ArbMap.Default.ArbFor<byte>(),
                ArbMap.Default.ArbFor<byte>(),
                (delivered, current) =>
                {
                    var entry = new LedgerEntry(LedgerStatus.Delivered, 1 + (delivered & 1), new NormalizerVersion(1))
                    {
                        Omitted = (MatchKeys)((delivered >> 1) & 31),
                    };
                    var (revision, omitted) = (1 + (current & 1), (MatchKeys)((current >> 1) & 31));
                    var isSame = entry.Revision == revision && entry.Omitted == omitted;
                    return Reconcile.For(desired: false, entry, revision, entry.Normalizer, omitted) == Step.Remove
                        && Reconcile.For(desired: true, entry, revision, entry.Normalizer, omitted)
                            == (isSame ? Step.Nothing : Step.Replace);
                }
            )
        );

    private const int LastSecond = 15;

    private static MembershipState Fold(IEnumerable<int> history) =>
        history.Aggregate(MembershipState.Nothing, (state, fact) => state.Apply(FactOf(fact)));

    // An add or a remove in one of 16 seconds, so that ties are frequent.
    private static MembershipFact FactOf(int number) =>
        new((number & 1) == 0 ? FactKind.Added : FactKind.Removed, "high_intent_cart_7d_v1", Start.AddSeconds((number >> 1) & LastSecond));

    private static int RemovalAt(int second) => (second << 1) | 1;

    private static void Verify(Property property) => property.Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
