using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Tests.Membership;

public sealed class MembershipPropertyTests
{
    private const int Histories = 20_000;
    private const string Key = "high_intent_cart_7d_v1";
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Any_permutation_and_duplication_of_the_same_facts_gives_the_same_state()
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            var random = new Random(seed);
            var history = History(random);
            var expected = Fold(history);
            for (var again = 0; again < 3; again++)
            {
                Fold(Shuffle.WithRepeats(history, random)).ShouldBe(expected, $"seed {seed}");
            }
        }
    }

    [Fact]
    public void The_fold_agrees_with_a_naive_replay_in_time_order()
    {
        var seen = new Dictionary<MembershipStatus, int>();
        for (var seed = 0; seed < Histories; seed++)
        {
            var random = new Random(seed);
            var history = History(random);
            TimeSpan? window = random.Next(3) == 0 ? null : TimeSpan.FromSeconds(random.Next(1, 12));
            var now = Start.AddSeconds(random.Next(-2, 25));
            var state = Fold(Shuffle.WithRepeats(history, random));

            var (status, since) = MembershipOracle.At(history, window, now);
            state.StatusAt(window, now).ShouldBe(status, $"seed {seed}");
            state.Since(window, now).ShouldBe(since, $"seed {seed}");
            seen[status] = seen.GetValueOrDefault(status) + 1;
        }

        // The others follow from links and permissions, which this fold does not cover.
        foreach (var status in new[] { MembershipStatus.Present, MembershipStatus.Removed, MembershipStatus.Expired })
        {
            seen.GetValueOrDefault(status).ShouldBeGreaterThan(Histories / 20, $"the generator rarely produces {status}");
        }
    }

    [Fact]
    public void A_fact_already_folded_in_changes_nothing()
    {
        for (var seed = 0; seed < Histories; seed++)
        {
            var history = History(new Random(seed));
            var state = Fold(history);
            foreach (var fact in history)
            {
                state.Apply(fact).ShouldBe(state, $"seed {seed}");
            }
        }
    }

    private static MembershipState Fold(IEnumerable<MembershipFact> history) =>
        history.Aggregate(MembershipState.Nothing, (state, fact) => state.Apply(fact));

    // Few distinct times, so that ties are common.
    private static List<MembershipFact> History(Random random) =>
        [
            .. Enumerable
                .Range(0, random.Next(9))
                .Select(_ => new MembershipFact(
                    random.Next(5) < 3 ? FactKind.Added : FactKind.Removed,
                    Key,
                    Start.AddSeconds(random.Next(12))
                )),
        ];
}
