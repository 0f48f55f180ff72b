using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests;

/// <summary>What the engine relies on for every platform. A new platform is complete when it passes.</summary>
public abstract partial class DestinationConformance : IAsyncLifetime
{
    private static readonly PersonIdentifiers Ann = new("1", "Ann@Example.com", "+1 (555) 987-6543", "US");
    private static readonly PersonIdentifiers Bob = new("2", "bob@example.com", null, "US");
    private static readonly PersonIdentifiers Cid = new("3", null, "020 7946 0958", "GB");
    private static readonly PersonIdentifiers Unusable = new(null, "not an address", "12", "US");

    private static readonly PersonIdentifiers Dee = new("5", "dee@example.com", null, "US")
    {
        Details = new PersonDetails
        {
            FirstName = "Dee",
            LastName = "O'Brien",
            City = "São Paulo",
            PostalCode = "01310-100",
            Country = "BR",
            Gender = "f",
            BirthDate = "1990-02-15",
        },
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

    [Theory]
    [InlineData(MatchKeys.Phone)]
    [InlineData(MatchKeys.Phone | MatchKeys.Details)]
    [InlineData(MatchKeys.Phone | MatchKeys.CustomerId | MatchKeys.DeviceId)]
    public async Task Identifiers_by_which_a_key_does_not_match_are_not_sent(MatchKeys omitted)
    {
        PersonIdentifiers[] sent = [IdentifierChange.Omit(Ann, omitted), IdentifierChange.Omit(Dee, omitted)];
        (await SendAsync(MemberOperation.Add, sent)).Outcome.ShouldBe(Outcome.Done);

        var held = await _world.HeldAsync();
        held.Order().ShouldBe(FormOf(sent).Order());
        held.Intersect(FormOf(Ann with { Email = null, CustomerId = null })).ShouldBeEmpty("the phone was omitted");
        FormOf(Ann with { Phone = null, CustomerId = null }).ShouldBeSubsetOf(held);
    }

    [Fact]
    public async Task A_member_without_any_identifier_that_the_key_matches_by_is_invalid_and_not_sent()
    {
        var result = await SendAsync(MemberOperation.Add, IdentifierChange.Omit(Ann, MatchKeys.All), Bob);

        result.Outcome.ShouldBe(Outcome.Done);
        result.Invalid.ShouldHaveSingleItem().ShouldBe(new RefusedMember(0, RefusedMember.NoUsableIdentifier));
        await ShouldHoldAsync(Bob);
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
    public async Task Rows_the_platform_rejects_are_counted_and_identified_by_index_in_the_call()
    {
        await _world.DisturbAsync(Disturbance.RefuseOneRow);

        // The platform rejects the first row it receives, which is the second member.
        var result = await SendAsync(MemberOperation.Add, Unusable, Ann, Bob);

        result.Outcome.Kind.ShouldBe(OutcomeKind.PartlyDone);
        result.Invalid.ShouldHaveSingleItem().Index.ShouldBe(0);
        if (!_world.Traits.NamesRefusedRows)
        {
            // The platform accepts a part and reports neither how many nor which: repeating the call is the only option.
            result.Rejected.ShouldBeEmpty();
            (await SendAsync(MemberOperation.Add, Unusable, Ann, Bob)).Outcome.ShouldBe(Outcome.Done);
            await ShouldHoldAsync(Ann, Bob);
            return;
        }

        result.RejectedCount.ShouldBe(1);
        result.Rejected.ShouldHaveSingleItem().Index.ShouldBe(1);
        await ShouldHoldAsync(Bob);
    }

    [Fact]
    public async Task A_member_without_a_usable_identifier_is_reported_and_not_sent()
    {
        var result = await SendAsync(MemberOperation.Add, Ann, Unusable, Bob);

        result.Outcome.ShouldBe(Outcome.Done);
        result.Invalid.ShouldHaveSingleItem().ShouldBe(new RefusedMember(1, "no_usable_identifier"));
        await ShouldHoldAsync(Ann, Bob);
    }

    [Fact]
    public async Task A_call_without_any_usable_member_is_not_sent()
    {
        await _world.DisturbAsync(Disturbance.ExpireTheToken);

        var result = await SendAsync(MemberOperation.Add, Unusable, Unusable);

        result.Outcome.ShouldBe(Outcome.Done);
        result.HttpStatus.ShouldBe(0);
        result.Invalid.Select(member => member.Index).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_throttled_call_waits_and_changes_nothing()
    {
        await _world.DisturbAsync(Disturbance.Throttle);

        var result = await SendAsync(MemberOperation.Add, Ann);

        result.Outcome.Kind.ShouldBe(OutcomeKind.Snooze);
        result.Outcome.Wait!.Value.ShouldBeGreaterThanOrEqualTo(_world.Traits.LeastThrottleWait);
        await ShouldHoldAsync();
    }

    [Theory]
    [InlineData(nameof(Disturbance.LoseTheAnswer))]
    [InlineData(nameof(Disturbance.LoseTheCall))]
    [InlineData(nameof(Disturbance.AnswerWithAPage))]
    [InlineData(nameof(Disturbance.FailInside))]
    public async Task After_a_failure_the_repeated_call_leads_to_the_correct_state(string disturbance)
    {
        await _world.DisturbAsync(Enum.Parse<Disturbance>(disturbance));

        (await SendAsync(MemberOperation.Add, Ann, Bob)).Outcome.Kind.ShouldBe(OutcomeKind.Retry);
        (await SendAsync(MemberOperation.Add, Ann, Bob)).Outcome.ShouldBe(Outcome.Done);

        await ShouldHoldAsync(Ann, Bob);
    }

    [Fact]
    public async Task A_call_that_times_out_but_is_still_applied_may_be_repeated()
    {
        await _world.DisturbAsync(Disturbance.Hang);
        var sending = SendAsync(MemberOperation.Add, Ann);
        await _world.Clock.WaitersAsync(2);

        _world.Clock.Advance(_world.Destination.Limits.CallTimeout);
        var result = await sending;
        _world.Clock.Advance(DestinationWorld.Hang);

        result.Outcome.ShouldBe(new Outcome(OutcomeKind.Retry, "timeout"));
        result.HttpStatus.ShouldBe(0);
        for (var polls = 0; polls < 10_000 && (await _world.HeldAsync()).Count == 0; polls++)
        {
            await Task.Yield();
        }

        await ShouldHoldAsync(Ann);
        (await SendAsync(MemberOperation.Add, Ann)).Outcome.ShouldBe(Outcome.Done);
        await ShouldHoldAsync(Ann);
    }

    [Fact]
    public async Task An_expired_token_is_renewed_or_stops_the_account()
    {
        await SendAsync(MemberOperation.Add, Bob);
        await _world.DisturbAsync(Disturbance.ExpireTheToken);

        var outcome = (await SendAsync(MemberOperation.Add, Ann)).Outcome;

        outcome.Kind.ShouldBe(_world.Traits.RefreshesTokens ? OutcomeKind.Done : OutcomeKind.StopAccount);
        await (_world.Traits.RefreshesTokens ? ShouldHoldAsync(Ann, Bob) : ShouldHoldAsync(Bob));
    }

    [Fact]
    public async Task A_banned_account_is_not_called_again()
    {
        await _world.DisturbAsync(Disturbance.Ban);

        // Meta reports it with a code that may also be about one audience; each audience is then stopped by its own first call.
        (await SendAsync(MemberOperation.Remove, Ann)).Outcome.Kind.ShouldBeOneOf(OutcomeKind.StopAccount, OutcomeKind.StopAudience);
    }

    [Fact]
    public async Task An_accepted_call_is_polled_to_its_end()
    {
        if (!_world.Traits.HasJobs)
        {
            (await SendAsync(MemberOperation.Add, Ann)).Job.ShouldBeNull();
            (await PollJobAsync(new JobHandle("any"))).State.ShouldBe(JobState.Confirmed);
            await ShouldHoldAsync(Ann);
            return;
        }

        await _world.DisturbAsync(Disturbance.SlowJob);
        var job = (await SendAsync(MemberOperation.Add, Ann)).Job!.Value;
        (await PollJobAsync(job)).State.ShouldBe(JobState.Running);
        await ShouldHoldAsync();

        _world.Clock.Advance(DestinationWorld.SlowJob);
        (await PollJobAsync(job)).State.ShouldBe(JobState.Confirmed);
        await ShouldHoldAsync(Ann);
    }

    [Fact]
    public async Task A_job_that_fails_or_is_lost_is_reported_and_its_call_may_be_repeated()
    {
        if (!_world.Traits.HasJobs)
        {
            _world.Destination.Limits.FirstJobPoll.ShouldBeNull();
            return;
        }

        await _world.DisturbAsync(Disturbance.FailingJob);
        (await PollJobAsync((await SendAsync(MemberOperation.Add, Ann)).Job!.Value)).State.ShouldBe(JobState.Failed);
        await _world.DisturbAsync(Disturbance.LostJob);
        (await PollJobAsync((await SendAsync(MemberOperation.Add, Ann)).Job!.Value)).State.ShouldBe(JobState.Lost);
        await ShouldHoldAsync();

        (await PollJobAsync((await SendAsync(MemberOperation.Add, Ann)).Job!.Value)).State.ShouldBe(JobState.Confirmed);
        await ShouldHoldAsync(Ann);
    }

    [Fact]
    public async Task A_call_over_the_limit_is_an_error_of_the_caller()
    {
        var many = Enumerable.Repeat(Ann, _world.Destination.Limits.MembersPerCall + 1).ToArray();

        await Should.ThrowAsync<ArgumentException>(() => SendAsync(MemberOperation.Add, many));
    }

    [Fact]
    public async Task A_full_call_is_accepted()
    {
        var many = Enumerable
            .Range(0, _world.Destination.Limits.MembersPerCall)
            .Select(i => new PersonIdentifiers(null, $"person{i}@example.com", null, "US"))
            .ToArray();

        (await SendAsync(MemberOperation.Add, many)).Outcome.ShouldBe(Outcome.Done);

        (await _world.HeldAsync()).Count.ShouldBe(many.Length);
    }

    [Fact]
    public async Task Only_a_canceled_call_throws()
    {
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => SendAsync(MemberOperation.Add, canceled.Token, Ann));
        await ShouldHoldAsync();

        using var midway = new CancellationTokenSource();
        await _world.DisturbAsync(Disturbance.Hang);
        var sending = SendAsync(MemberOperation.Add, midway.Token, Ann);
        await _world.Clock.WaitersAsync(2);
        await midway.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => sending);
    }

    private protected abstract Task<DestinationWorld> StartAsync();

    private Task<CallResult> SendAsync(MemberOperation operation, params PersonIdentifiers[] people) =>
        SendAsync(operation, CancellationToken.None, people);

    private Task<CallResult> SendAsync(MemberOperation operation, CancellationToken cancellationToken, params PersonIdentifiers[] people) =>
        SendToAsync(_world.Audience, operation, people, cancellationToken);

    private Task<CallResult> SendToAsync(RemoteAudienceId audience, MemberOperation operation, params PersonIdentifiers[] people) =>
        SendToAsync(audience, operation, people, CancellationToken.None);

    private async Task<CallResult> SendToAsync(
        RemoteAudienceId audience,
        MemberOperation operation,
        PersonIdentifiers[] people,
        CancellationToken cancellationToken
    ) => await _world.Destination.SendAsync(new MemberCall(audience, operation, [.. people.Select(MemberOf)]), cancellationToken);

    private Member MemberOf(PersonIdentifiers person) => new(person, _world.Destination.Normalizer);

    private async Task<JobReport> PollJobAsync(JobHandle job) => await _world.Destination.PollJobAsync(job, CancellationToken.None);

    private async Task ShouldHoldAsync(params PersonIdentifiers[] people) =>
        (await _world.HeldAsync()).Order().ShouldBe(FormOf(people).Order());

    private IEnumerable<string> FormOf(params PersonIdentifiers[] people) => people.SelectMany(_world.FormOf).Distinct();
}
