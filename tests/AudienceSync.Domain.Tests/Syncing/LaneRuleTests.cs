using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

/// <summary>The state of a lane after each kind of response, and after how many of them an operator must act.</summary>
public sealed class LaneRuleTests
{
    private static readonly DateTimeOffset Since = Calls.Now - TimeSpan.FromHours(1);

    private static readonly DateTimeOffset ThrottledSince = Calls.Now - TimeSpan.FromMinutes(5);

    private static readonly LaneProgress Failing = new(2, Calls.Now, 1)
    {
        FailingSince = Since,
        AnswerAt = Calls.Now - TimeSpan.FromMinutes(1),
        Refusals = 3,
        Throttles = 4,
        ThrottledSince = ThrottledSince,
    };

    private static readonly LaneState Failed = new(null, 2)
    {
        Unknowns = 1,
        FailingSince = Since,
        AnswerAt = Calls.Now,
        Throttles = 0,
    };

    // What was made known by no response stays.
    private static readonly LaneState Kept = Failed with { AnswerAt = Failing.AnswerAt, Throttles = null };

    [Fact]
    public void A_lane_of_which_a_call_was_accepted_moves_and_is_settled() =>
        After(Outcome.Done).ShouldBe(new LaneState(Calls.Place, 0) { Throttles = 0 });

    [Fact]
    public void A_call_without_an_answer_costs_an_attempt_and_waits_longer_the_longer_it_fails() =>
        After(new Outcome(OutcomeKind.Retry, "timeout"))
            .ShouldBe(
                Failed with
                {
                    Attempts = 3,
                    NextTryAt = Calls.Now + RetryBounds.LaneWait(TimeSpan.FromHours(1), 3, null, Calls.Chance),
                }
            );

    [Fact]
    public void An_answer_that_names_its_wait_costs_no_attempt() =>
        After(new Outcome(OutcomeKind.Retry, "busy", TimeSpan.FromMinutes(30)))
            .ShouldBe(Failed with { NextTryAt = Calls.Now + TimeSpan.FromMinutes(30), WaitCode = "busy" });

    [Fact]
    public void The_third_response_in_a_row_that_no_table_has_stops_the_remote_audience()
    {
        var unknown = new Outcome(OutcomeKind.Retry, "meta_unknown_1");

        After(unknown)
            .ShouldBe(
                Failed with
                {
                    Attempts = 3,
                    Unknowns = 2,
                    NextTryAt = Calls.Now + RetryBounds.LaneWait(TimeSpan.FromHours(1), 3, null, Calls.Chance),
                }
            );
        After(unknown, Failing with { Unknowns = 2 })
            .ShouldBe(Failed with { Attempts = 3, Unknowns = 3, BindingStopped = "meta_unknown_1" });
    }

    [Fact]
    public void A_throttled_account_waits_and_its_lane_loses_no_attempt() =>
        After(new Outcome(OutcomeKind.Snooze, "slow_down"))
            .ShouldBe(
                Kept with
                {
                    AccountBlockedUntil = Calls.Now + TimeSpan.FromMinutes(1),
                    AccountBlockedCode = "slow_down",
                    Throttles = 5,
                    ThrottledSince = ThrottledSince,
                }
            );

    [Fact]
    public void Without_budget_only_the_lane_waits_and_nothing_is_known_about_the_account() =>
        After(CallAnswer.NoBudget(TimeSpan.FromMinutes(3)), Failing)
            .ShouldBe(Kept with { NextTryAt = Calls.Now + TimeSpan.FromMinutes(3), WaitCode = Outcome.NoBudgetCode });

    [Fact]
    public void A_call_refused_as_a_whole_is_tried_with_fewer_members_at_once() =>
        After(new Outcome(OutcomeKind.SplitBatch, "code")).ShouldBe(Failed);

    [Fact]
    public void A_stop_names_the_remote_audience_or_the_account()
    {
        After(new Outcome(OutcomeKind.StopAudience, "gone")).ShouldBe(Failed with { BindingStopped = "gone" });
        After(new Outcome(OutcomeKind.StopAccount, "token")).ShouldBe(Failed with { AccountStopped = "token" });
        After(new Outcome(OutcomeKind.StopAccount, "token")).StopCode.ShouldBe("token");
    }

    [Fact]
    public void A_remote_audience_that_is_not_found_may_be_new_for_a_while_as_long_as_it_was_never_filled()
    {
        var notFound = new Outcome(OutcomeKind.StopAudience, "not_found") { Grace = TimeSpan.FromHours(2) };

        After(notFound, Failing with { IsUntried = true })
            .ShouldBe(Failed with { NextTryAt = Calls.Now + LaneRule.NewAudienceWait, WaitCode = "not_found" });
        After(notFound).ShouldBe(Failed with { BindingStopped = "not_found" });
    }

    [Fact]
    public void A_day_without_another_answer_parks_the_lane_and_is_new_once()
    {
        var before = Failing with { FailingSince = Calls.Now - RetryBounds.Longest };
        var state = After(new Outcome(OutcomeKind.Retry, "timeout"), before);

        state.ShouldBe(Failed with { FailingSince = before.FailingSince, NextTryAt = LaneState.Never, WaitCode = "timeout" });
        state.StopCode.ShouldBe("timeout");
        LaneRule.IsNewlyParked(before, state).ShouldBeTrue();
        LaneRule.IsNewlyParked(before with { AnswerAt = Calls.Now }, state).ShouldBeFalse();
    }

    [Fact]
    public void Members_that_are_refused_one_after_another_are_not_the_cause_and_the_lane_moves_and_is_parked()
    {
        var before = Calls.Settled with { Refusals = RetryBounds.MaxConsecutiveRefusals - 1 };
        var call = new DeliveryCall(MemberOperation.Add, [Calls.Add(1, LedgerStatus.Absent)], []);

        var outcome = DeliveryOutcome.Of(call, Calls.Answer(OutcomeKind.SplitBatch), before, Calls.Place, Calls.Now, Calls.Chance);

        outcome.Lane.ShouldBe(
            new LaneState(Calls.Place, 0)
            {
                NextTryAt = LaneState.Never,
                WaitCode = "code",
                FailingSince = Calls.Now,
                AnswerAt = Calls.Now,
            }
        );
        DeliveryOutcome
            .Of(call, Calls.Answer(OutcomeKind.Done), before, Calls.Place, Calls.Now, Calls.Chance)
            .Lane.ShouldBe(new LaneState(Calls.Place, 0));
    }

    [Fact]
    public void A_used_up_allowance_blocks_the_account_until_it_is_regained() =>
        After(new CallAnswer(Outcome.Done, [], []) { Usage = new AccountUsage(100, TimeSpan.FromMinutes(9)) }, Calls.Settled)
            .ShouldBe(
                new LaneState(Calls.Place, 0)
                {
                    UsedPercent = 100,
                    AccountBlockedUntil = Calls.Now + TimeSpan.FromMinutes(9),
                    AccountBlockedCode = Outcome.NoBudgetCode,
                }
            );

    [Fact]
    public void When_nothing_was_sent_the_lane_stays_as_it_was_and_may_move() =>
        LaneRule.Unchanged(Failing, Calls.Place).ShouldBe(Kept with { Place = Calls.Place, NextTryAt = Calls.Now });

    [Fact]
    public void An_account_is_overdue_once_when_its_wait_reaches_beyond_a_day()
    {
        var before = Failing with { ThrottledSince = Calls.Now - TimeSpan.FromHours(23.9) };
        var state = After(new Outcome(OutcomeKind.Snooze, "slow_down", TimeSpan.FromHours(1)), before);

        LaneRule.IsNewlyOverdue(before, state, Calls.Now).ShouldBeTrue();
        LaneRule.IsNewlyOverdue(before, state, Calls.Now + TimeSpan.FromHours(1)).ShouldBeFalse();
        LaneRule.IsNewlyOverdue(Failing, After(new Outcome(OutcomeKind.Snooze, "slow_down")), Calls.Now).ShouldBeFalse();
    }

    private static LaneState After(Outcome outcome, LaneProgress? before = null) =>
        After(new CallAnswer(outcome, [], []), before ?? Failing);

    private static LaneState After(CallAnswer answer, LaneProgress before)
    {
        var call = new DeliveryCall(MemberOperation.Remove, [Calls.Remove(1), Calls.Remove(2)], []);
        return DeliveryOutcome.Of(call, answer, before, Calls.Place, Calls.Now, Calls.Chance).Lane;
    }
}
