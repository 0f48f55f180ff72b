using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests;

/// <summary>What the engine relies on, whatever the platform. A new platform is done when it passes.</summary>
public abstract class DestinationConformance : IAsyncLifetime
{
    private static readonly PersonIdentifiers Ann = new("1", "Ann@Example.com", "+1 (555) 987-6543", "US");
    private static readonly PersonIdentifiers Bob = new("2", "bob@example.com", null, "US");
    private static readonly PersonIdentifiers Cid = new("3", null, "020 7946 0958", "GB");
    private static readonly PersonIdentifiers Nobody = new("4", "not an address", "12", "US");

    private static readonly PersonIdentifiers Dee = new("5", "dee@example.com", null, "US")
    {
        Details = new PersonDetails { FirstName = "Dee", LastName = "O'Brien", City = "São Paulo", PostalCode = "01310-100", Country = "BR", Gender = "f", BirthDate = "1990-02-15" },
    };

    private DestinationWorld _world = null!;

    public async Task InitializeAsync() => _world = await StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Members_are_added_and_removed()
    {
        (await SendAsync(MemberOperation.Add, Ann, Bob, Cid)).Outcome.ShouldBe(Outcome.Done);
        await ShouldHoldAsync(Ann, Bob, Cid);

        (await SendAsync(MemberOperation.Remove, Bob)).Outcome.ShouldBe(Outcome.Done);
        await ShouldHoldAsync(Ann, Cid);
    }

    [Fact]
    public async Task A_member_with_a_name_and_a_place_is_added_and_removed_with_them()
    {
        (await SendAsync(MemberOperation.Add, Ann, Dee)).Outcome.ShouldBe(Outcome.Done);
        await ShouldHoldAsync(Ann, Dee);

        (await SendAsync(MemberOperation.Remove, Dee)).Outcome.ShouldBe(Outcome.Done);
        await ShouldHoldAsync(Ann);
    }

    [Fact]
    public async Task A_repeated_call_changes_nothing()
    {
        (await SendAsync(MemberOperation.Add, Ann, Ann, Bob)).Outcome.ShouldBe(Outcome.Done);
        (await SendAsync(MemberOperation.Add, Ann, Ann, Bob)).Outcome.ShouldBe(Outcome.Done);
        await ShouldHoldAsync(Ann, Bob);

        (await SendAsync(MemberOperation.Remove, Ann, Cid)).Outcome.ShouldBe(Outcome.Done);
        (await SendAsync(MemberOperation.Remove, Ann, Cid)).Outcome.ShouldBe(Outcome.Done);
        await ShouldHoldAsync(Bob);
    }

    [Fact]
    public async Task The_order_of_members_in_a_call_does_not_matter()
    {
        await SendAsync(MemberOperation.Add, Cid, Ann, Bob);
        await SendAsync(MemberOperation.Remove, Bob, Ann, Cid);
        await SendAsync(MemberOperation.Add, Bob, Cid);

        await ShouldHoldAsync(Bob, Cid);
    }

    [Fact]
    public async Task Rows_the_platform_refuses_are_counted_and_named_by_their_place_in_the_call()
    {
        await _world.DisturbAsync(Disturbance.RefuseOneRow);

        // The platform refuses the first row it is sent, which is the second member.
        var result = await SendAsync(MemberOperation.Add, Nobody, Ann, Bob);

        result.Outcome.Kind.ShouldBe(OutcomeKind.PartlyDone);
        result.RejectedCount.ShouldBe(1);
        result.Rejected.ShouldHaveSingleItem().Index.ShouldBe(1);
        result.Invalid.ShouldHaveSingleItem().Index.ShouldBe(0);
        await ShouldHoldAsync(Bob);
    }

    [Fact]
    public async Task A_member_without_a_usable_identifier_is_reported_and_not_sent()
    {
        var result = await SendAsync(MemberOperation.Add, Ann, Nobody, Bob);

        result.Outcome.ShouldBe(Outcome.Done);
        result.Invalid.ShouldHaveSingleItem().ShouldBe(new RefusedMember(1, "no_usable_identifier"));
        await ShouldHoldAsync(Ann, Bob);
    }

    [Fact]
    public async Task Without_any_usable_member_no_call_is_made()
    {
        await _world.DisturbAsync(Disturbance.ExpireTheToken);

        var result = await SendAsync(MemberOperation.Add, Nobody, Nobody);

        result.Outcome.ShouldBe(Outcome.Done);
        result.HttpStatus.ShouldBe(0);
        result.Invalid.Select(member => member.Index).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_throttled_call_waits_and_does_nothing()
    {
        await _world.DisturbAsync(Disturbance.Throttle);

        var result = await SendAsync(MemberOperation.Add, Ann);

        result.Outcome.Kind.ShouldBe(OutcomeKind.Snooze);
        result.Outcome.Wait!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(60));
        await ShouldHoldAsync();
    }

    [Theory]
    [InlineData(nameof(Disturbance.LoseTheAnswer))]
    [InlineData(nameof(Disturbance.LoseTheCall))]
    [InlineData(nameof(Disturbance.AnswerWithAPage))]
    [InlineData(nameof(Disturbance.FailInside))]
    public async Task After_trouble_the_same_call_again_brings_the_platform_where_it_should_be(string disturbance)
    {
        await _world.DisturbAsync(Enum.Parse<Disturbance>(disturbance));

        (await SendAsync(MemberOperation.Add, Ann, Bob)).Outcome.Kind.ShouldBe(OutcomeKind.Retry);
        (await SendAsync(MemberOperation.Add, Ann, Bob)).Outcome.ShouldBe(Outcome.Done);

        await ShouldHoldAsync(Ann, Bob);
    }

    [Fact]
    public async Task A_call_that_times_out_and_is_done_all_the_same_may_be_repeated()
    {
        await _world.DisturbAsync(Disturbance.Hang);
        var sending = SendAsync(MemberOperation.Add, Ann);
        await _world.Clock.WaitersAsync(2);

        _world.Clock.Advance(_world.Destination.Limits.CallTimeout);
        var result = await sending;
        _world.Clock.Advance(DestinationWorld.Hang);

        result.Outcome.ShouldBe(new Outcome(OutcomeKind.Retry, "timeout"));
        result.HttpStatus.ShouldBe(0);
        for (var looks = 0; looks < 10_000 && (await _world.HeldAsync()).Count == 0; looks++)
        {
            await Task.Yield();
        }

        await ShouldHoldAsync(Ann);
        (await SendAsync(MemberOperation.Add, Ann)).Outcome.ShouldBe(Outcome.Done);
        await ShouldHoldAsync(Ann);
    }

    [Fact]
    public async Task An_expired_token_stops_the_account()
    {
        await _world.DisturbAsync(Disturbance.ExpireTheToken);

        (await SendAsync(MemberOperation.Remove, Ann)).Outcome.Kind.ShouldBe(OutcomeKind.StopAccount);
    }

    [Fact]
    public async Task A_call_over_the_limit_is_a_bug_of_the_caller()
    {
        var many = Enumerable.Repeat(Ann, _world.Destination.Limits.MembersPerCall + 1).ToArray();

        await Should.ThrowAsync<ArgumentException>(() => SendAsync(MemberOperation.Add, many));
    }

    [Fact]
    public async Task A_full_call_is_taken()
    {
        var many = Enumerable.Range(0, _world.Destination.Limits.MembersPerCall)
            .Select(i => new PersonIdentifiers(null, $"person{i}@example.com", null, "US")).ToArray();

        (await SendAsync(MemberOperation.Add, many)).Outcome.ShouldBe(Outcome.Done);

        (await _world.HeldAsync()).Count.ShouldBe(many.Length);
    }

    [Fact]
    public async Task A_cancelled_call_throws_and_nothing_else_does()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => SendAsync(MemberOperation.Add, cancelled.Token, Ann));
        await ShouldHoldAsync();

        using var midway = new CancellationTokenSource();
        await _world.DisturbAsync(Disturbance.Hang);
        var sending = SendAsync(MemberOperation.Add, midway.Token, Ann);
        await _world.Clock.WaitersAsync(2);
        await midway.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => sending);
    }

    private protected abstract Task<DestinationWorld> StartAsync();

    private Task<CallResult> SendAsync(MemberOperation operation, params PersonIdentifiers[] people)
        => SendAsync(operation, CancellationToken.None, people);

    private async Task<CallResult> SendAsync(MemberOperation operation, CancellationToken cancellationToken, params PersonIdentifiers[] people)
    {
        var members = people.Select(person => new Member(person, _world.Destination.Normaliser)).ToArray();
        return await _world.Destination.SendAsync(new MemberCall(_world.Audience, operation, members), cancellationToken);
    }

    private async Task ShouldHoldAsync(params PersonIdentifiers[] people)
        => (await _world.HeldAsync()).Order().ShouldBe(people.SelectMany(_world.FormOf).Distinct().Order());
}
