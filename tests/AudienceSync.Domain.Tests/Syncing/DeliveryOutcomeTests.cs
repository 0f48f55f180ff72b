using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

/// <summary>
/// Every kind of response to each operation, for each prior state of the member: the first of two members, or a member alone.
/// </summary>
public sealed class DeliveryOutcomeTests
{
    private const string AsItIs = "as it is";

    private static readonly LedgerStatus[] Statuses = Enum.GetValues<LedgerStatus>();

    /// <summary>The response, then what becomes of a member who was absent, adding, delivered, removing, rejected or invalid.</summary>
    public static TheoryData<string, string[]> Adds() =>
        new()
        {
            { "Done", AllOf("Delivered 2") },
            {
                "PartlyDone, names the first",
                ["Rejected 2 why", "Adding 2 why", "Adding 2 why", "Adding 2 why", "Rejected 2 why", "Rejected 2 why"]
            },
            { "PartlyDone, names the second", AllOf("Delivered 2") },
            { "PartlyDone, names none", AllOf("Delivered 2 code") },
            { "Done, the first has no usable identifier", AllOf("Invalid 2 why") },
            { "Done, the first was not sent", AllOf("Invalid 2 why") },
            { "Done, by a job", AllOf("Delivered 2 row 0") },
            { "Retry", AllOf(AsItIs) },
            { "Retry, the first was not sent", AllOf("Invalid 2 why") },
            { "Snooze", AsBefore },
            { "Snooze, the first was not sent", AsBefore },
            { "SplitBatch", AsBefore },
            { "StopAudience", AsBefore },
            { "StopAccount", AsBefore },
            {
                "SplitBatch, alone",
                ["Rejected 2 code", "Adding 2 code", "Adding 2 code", "Adding 2 code", "Rejected 2 code", "Rejected 2 code"]
            },
            { "no budget", AllOf(AsItIs) },
        };

    /// <summary>
    /// The response, then what becomes of a removal: plain; replaced by a delivery that shares nothing; replaced by one that shares
    /// digests; of a residual delivery; of a residual delivery that may take a part of the current one.
    /// </summary>
    public static TheoryData<string, string[]> Removals() =>
        new()
        {
            { "Done", ["Absent 1", "Absent 1", "Adding 2", "residual LateAdd 1 gone", "Adding 2, residual LateAdd 1 gone"] },
            { "PartlyDone, names the first", Refused("why") },
            {
                "PartlyDone, names the second",
                ["Absent 1", "Absent 1", "Adding 2", "residual LateAdd 1 gone", "Adding 2, residual LateAdd 1 gone"]
            },
            { "PartlyDone, names none", RemovalsOf(AsItIs) },
            { "PartlyDone, names none, alone", Refused("code") },
            {
                "Done, the first has no usable identifier",
                ["Absent 1 why", "Absent 1 why", "Adding 2 why", "residual LateAdd 1 gone why", "Adding 2 why, residual LateAdd 1 gone why"]
            },
            {
                "Done, the first was not sent",
                ["Absent 1 why", "Absent 1 why", "Adding 2 why", "residual LateAdd 1 gone why", "Adding 2 why, residual LateAdd 1 gone why"]
            },
            { "Done, the first has an unknown normalizer", Refused(RefusedMember.UnknownNormalizer) },
            {
                "Done, by a job",
                [
                    "Absent 1 row 0",
                    "Absent 1 row 0",
                    "Absent 1 row 0",
                    "residual LateAdd 1 gone",
                    "Adding 2 row 0, residual LateAdd 1 gone, residual LateRemoval 1 waits 48 h",
                ]
            },
            { "Retry", RemovalsOf(AsItIs) },
            { "Snooze", RemovalsOf(AsItIs) },
            { "SplitBatch", RemovalsOf(AsItIs) },
            { "StopAudience", RemovalsOf(AsItIs) },
            { "StopAccount", RemovalsOf(AsItIs) },
            { "SplitBatch, alone", Refused("code") },
            { "no budget", RemovalsOf(AsItIs) },
        };

    private static string[] AsBefore => ["Absent 2", "Adding 1", "Adding 1", "Removing 1", "Absent 2", "Absent 2"];

    [Theory]
    [MemberData(nameof(Adds))]
    public void An_add_leaves_the_member_as_the_table_has_it(string response, string[] expected)
    {
        for (var i = 0; i < Statuses.Length; i++)
        {
            var member = Calls.Add(1, Statuses[i]);

            Calls
                .Of(Outcome(response, MemberOperation.Add, member, Calls.Add(2, LedgerStatus.Absent)), member)
                .ShouldBe(expected[i], $"{response}, before: {Statuses[i]}");
        }
    }

    [Theory]
    [MemberData(nameof(Removals))]
    public void A_removal_leaves_the_member_as_the_table_has_it_whatever_was_known_before(string response, string[] expected)
    {
        foreach (var before in Statuses)
        {
            var plain = Calls.Remove(1, before);
            var after = Calls.Entry(LedgerStatus.Adding, revision: 2);
            MemberDelivery[] shapes =
            [
                plain,
                plain with
                {
                    Replaced = true,
                },
                plain with
                {
                    Replaced = true,
                    After = after,
                },
                plain with
                {
                    Residual = ResidualKind.LateAdd,
                },
                plain with
                {
                    Residual = ResidualKind.LateAdd,
                    After = after,
                },
            ];
            for (var i = 0; i < shapes.Length; i++)
            {
                Calls
                    .Of(Outcome(response, MemberOperation.Remove, shapes[i], Calls.Remove(2)), shapes[i])
                    .ShouldBe(expected[i], $"{response}, shape {i}, before: {before}");
            }
        }
    }

    [Theory]
    [InlineData("Done", true, CallSizing.Accepted)]
    [InlineData("Done, by a job", true, CallSizing.Accepted)]
    [InlineData("PartlyDone, names the first", true, CallSizing.Accepted)]
    [InlineData("Retry", false, CallSizing.Unchanged)]
    [InlineData("Snooze", false, CallSizing.Unchanged)]
    [InlineData("SplitBatch", false, CallSizing.Refused)]
    [InlineData("SplitBatch, alone", true, CallSizing.Refused)]
    [InlineData("StopAudience", false, CallSizing.Unchanged)]
    [InlineData("StopAccount", false, CallSizing.Unchanged)]
    [InlineData("no budget", false, CallSizing.Unchanged)]
    public void The_lane_moves_only_over_members_that_are_settled(string response, bool isConclusive, CallSizing sizing)
    {
        foreach (
            var (operation, one, other) in new[]
            {
                (MemberOperation.Add, Calls.Add(1, LedgerStatus.Absent), Calls.Add(2, LedgerStatus.Absent)),
                (MemberOperation.Remove, Calls.Remove(1), Calls.Remove(2)),
            }
        )
        {
            var outcome = Outcome(response, operation, one, other);

            (outcome.IsConclusive, outcome.Lane.Place, outcome.Sizing).ShouldBe(
                (isConclusive, isConclusive ? Calls.Place : (long?)null, sizing),
                $"{operation} {response}"
            );
        }
    }

    [Fact]
    public void Removals_with_hidden_names_are_halved_unless_some_are_named_and_adds_are_not()
    {
        var (one, two, three) = (Calls.Remove(1), Calls.Remove(2), Calls.Remove(3));

        var none = Calls.Of(new DeliveryCall(MemberOperation.Remove, [one, two, three], []), Calls.Answer(OutcomeKind.PartlyDone));
        (none.IsConclusive, none.Sizing, none.ResultOf(0)).ShouldBe((false, CallSizing.Refused, "in_doubt:code"));

        var some = Calls.Of(
            new DeliveryCall(MemberOperation.Remove, [one, two, three], []),
            Calls.Answer(OutcomeKind.PartlyDone, new RefusedMember(1, "why")) with
            {
                RejectedCount = 2,
            }
        );
        (some.IsConclusive, some.Sizing).ShouldBe((false, CallSizing.Unchanged));
        (Calls.Of(some, one), Calls.Of(some, two), some.ResultOf(1)).ShouldBe((AsItIs, "Removing 1 why", "rejected:why"));

        var adds = Calls.Of(
            new DeliveryCall(MemberOperation.Add, [Calls.Add(1, LedgerStatus.Absent), Calls.Add(2, LedgerStatus.Absent)], []),
            Calls.Answer(OutcomeKind.PartlyDone)
        );
        (adds.IsConclusive, adds.Sizing, adds.ResultOf(0)).ShouldBe((true, CallSizing.Accepted, "in_doubt:code"));
    }

    [Fact]
    public void Each_member_has_its_own_result_and_the_platform_counts_only_those_that_were_sent()
    {
        var call = new DeliveryCall(
            MemberOperation.Add,
            [.. Enumerable.Range(1, 5).Select(n => Calls.Add(n, LedgerStatus.Absent))],
            [new UnsentMember(0, UnsentMember.Destroyed), new UnsentMember(3, UnsentMember.Destroyed)]
        );
        var answer = new CallAnswer(
            new Outcome(OutcomeKind.PartlyDone, "code"),
            [new RefusedMember(0, "unusable")],
            [new RefusedMember(2, "why")]
        )
        {
            HasJob = true,
        };

        var outcome = Calls.Of(call, answer);

        Enumerable
            .Range(0, 5)
            .Select(outcome.ResultOf)
            .ShouldBe(["invalid:identifiers_destroyed", "invalid:unusable", "accepted", "invalid:identifiers_destroyed", "rejected:why"]);
        Calls.Of(outcome, call.Deliveries[2]).ShouldBe("Delivered 2 row 1");
    }

    [Fact]
    public void What_another_member_has_is_kept_and_named_as_the_reason()
    {
        var kept = Calls.Remove(1) with { Kept = IdentifierParts.Email };
        var answer = new CallAnswer(Domain.Syncing.Outcome.Done, [new RefusedMember(0, RefusedMember.NoUsableIdentifier)], []);

        var outcome = Calls.Of(new DeliveryCall(MemberOperation.Remove, [kept], []), answer);

        (Calls.Of(outcome, kept), outcome.ResultOf(0)).ShouldBe(("Absent 1 kept_for_another", "skipped:kept_for_another"));
    }

    [Fact]
    public void Members_that_the_platform_no_longer_has_are_measured_and_those_of_a_job_are_not()
    {
        var ended = Calls.Remove(1) with { EndedAt = Calls.Now };
        var call = new DeliveryCall(MemberOperation.Remove, [ended, Calls.Remove(2), Calls.Remove(3) with { EndedAt = Calls.Now }], []);
        var answer = Calls.Answer(OutcomeKind.PartlyDone, new RefusedMember(2, "why"));
        var byJob = Calls.Answer(OutcomeKind.Done) with { HasJob = true };

        Calls.Of(call, answer).GoneOf(call, answer).ShouldBe([ended]);
        Calls.Of(call, byJob).GoneOf(call, byJob).ShouldBeEmpty();
    }

    private static DeliveryOutcome Outcome(string response, MemberOperation operation, MemberDelivery first, MemberDelivery second)
    {
        var isAlone = response.EndsWith(", alone", StringComparison.Ordinal);
        var call = new DeliveryCall(
            operation,
            isAlone ? [first] : [first, second],
            response.Contains("not sent", StringComparison.Ordinal) ? [new UnsentMember(0, "why")] : []
        );
        return Calls.Of(call, response == "no budget" ? CallAnswer.NoBudget(TimeSpan.FromMinutes(3)) : AnswerOf(response));
    }

    private static CallAnswer AnswerOf(string response)
    {
        var parts = response.Split(", ");
        var answer = Calls.Answer(Enum.Parse<OutcomeKind>(parts[0]));
        return parts.ElementAtOrDefault(1) switch
        {
            "names the first" => answer with { Rejected = [new RefusedMember(0, "why")] },
            "names the second" => answer with { Rejected = [new RefusedMember(1, "why")] },
            "the first has no usable identifier" => answer with { Invalid = [new RefusedMember(0, "why")] },
            "the first has an unknown normalizer" => answer with { Invalid = [new RefusedMember(0, RefusedMember.UnknownNormalizer)] },
            "by a job" => answer with { HasJob = true },
            _ => answer,
        };
    }

    private static string[] AllOf(string one) => [.. Enumerable.Repeat(one, 6)];

    private static string[] RemovalsOf(string one) => [.. Enumerable.Repeat(one, 5)];

    private static string[] Refused(string reason) =>
        [
            $"Removing 1 {reason}",
            $"Absent 1, residual Refused 1 waits 24 h {reason}",
            $"Adding 2, residual Refused 1 waits 24 h {reason}",
            $"residual LateAdd 1 waits 24 h {reason}",
            $"residual LateAdd 1 waits 24 h {reason}",
        ];
}
