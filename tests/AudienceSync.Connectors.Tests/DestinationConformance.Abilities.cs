using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests;

/// <summary>What only some platforms support. For the others each case shows what happens instead.</summary>
public abstract partial class DestinationConformance
{
    [Fact]
    public async Task A_resync_leaves_exactly_the_sent_members_and_never_an_empty_list()
    {
        await SendAsync(MemberOperation.Add, Bob, Cid);
        if (_world.Destination is not IResyncs resyncs)
        {
            // Without a replacement of all members, sending every member again adds the lost ones and removes no member that is not named.
            (await SendAsync(MemberOperation.Add, Ann, Bob)).Outcome.ShouldBe(Outcome.Done);
            await ShouldHoldAsync(Ann, Bob, Cid);
            return;
        }

        _world.Clock.Advance(TimeSpan.FromHours(1));
        var resync = new Resync(_world.Audience, 7, _world.Clock.GetUtcNow(), 2, 2);
        (await resyncs.SendBatchAsync(resync, new ResyncBatch(1, [MemberOf(Ann)]), CancellationToken.None)).Outcome.ShouldBe(Outcome.Done);
        FormOf(Bob, Cid).ShouldBeSubsetOf(await _world.HeldAsync());

        (await resyncs.SendBatchAsync(resync, new ResyncBatch(2, [MemberOf(Bob)]), CancellationToken.None)).Outcome.ShouldBe(Outcome.Done);
        (await resyncs.EndAsync(resync, CancellationToken.None)).Outcome.ShouldBe(Outcome.Done);
        await ShouldHoldAsync(Ann, Bob);
        (await SendAsync(MemberOperation.Add, Cid)).Outcome.ShouldBe(Outcome.Done);
        await ShouldHoldAsync(Ann, Bob, Cid);
    }

    [Fact]
    public async Task A_resync_whose_last_response_was_lost_is_ended_by_repeating_the_batch()
    {
        await SendAsync(MemberOperation.Add, Cid);
        if (_world.Destination is not IResyncs resyncs)
        {
            await _world.DisturbAsync(Disturbance.LoseTheAnswer);
            (await SendAsync(MemberOperation.Remove, Cid)).Outcome.Kind.ShouldBe(
                OutcomeKind.Retry,
                "a member that must go is removed individually"
            );
            (await SendAsync(MemberOperation.Remove, Cid)).Outcome.ShouldBe(Outcome.Done);
            await ShouldHoldAsync();
            return;
        }

        _world.Clock.Advance(TimeSpan.FromHours(1));
        var resync = new Resync(_world.Audience, 7, _world.Clock.GetUtcNow(), 2, 2);
        (await resyncs.SendBatchAsync(resync, new ResyncBatch(1, [MemberOf(Ann)]), CancellationToken.None)).Outcome.ShouldBe(Outcome.Done);
        var last = new ResyncBatch(2, [MemberOf(Bob)]);
        await _world.DisturbAsync(Disturbance.LoseTheAnswer);
        (await resyncs.SendBatchAsync(resync, last, CancellationToken.None)).Outcome.Kind.ShouldBe(OutcomeKind.Retry);

        (await resyncs.SendBatchAsync(resync, last, CancellationToken.None)).Outcome.ShouldBe(Outcome.Done);
        (await resyncs.EndAsync(resync, CancellationToken.None)).Outcome.ShouldBe(Outcome.Done);
        await ShouldHoldAsync(Ann, Bob);
    }

    [Fact]
    public async Task A_resync_that_took_too_long_is_reported_and_has_changed_nothing_it_cannot_repair()
    {
        await SendAsync(MemberOperation.Add, Bob, Cid);
        if (_world.Destination is not IResyncs { SessionLifetime: { } lifetime } resyncs)
        {
            (_world.Destination as IResyncs)?.RestartCodes.ShouldBeEmpty("without a time limit a resync never has to be restarted");
            return;
        }

        var late = new Resync(_world.Audience, 7, _world.Clock.GetUtcNow(), 2, 2);
        await resyncs.SendBatchAsync(late, new ResyncBatch(1, [MemberOf(Ann)]), CancellationToken.None);
        _world.Clock.Advance(lifetime);
        resyncs.RestartCodes.ShouldContain(
            (await resyncs.SendBatchAsync(late, new ResyncBatch(2, [MemberOf(Bob)]), CancellationToken.None)).Outcome.Code
        );
        await ShouldHoldAsync(Bob, Cid);

        var restarted = new Resync(_world.Audience, 8, _world.Clock.GetUtcNow(), 1, 1);
        (await resyncs.SendBatchAsync(restarted, new ResyncBatch(1, [MemberOf(Ann)]), CancellationToken.None)).Outcome.ShouldBe(
            Outcome.Done
        );
        await ShouldHoldAsync(Ann);
    }

    [Fact]
    public async Task An_erased_person_is_in_no_list_of_the_account()
    {
        await SendAsync(MemberOperation.Add, Ann, Bob);
        await SendToAsync(_world.OtherAudience, MemberOperation.Add, Ann, Cid);
        if (_world.Destination is IErasesPeople erases)
        {
            // A person need not be in a list to be erased, and the erasure may be repeated.
            foreach (var attempt in new[] { 1, 2 })
            {
                (await erases.EraseAsync([MemberOf(Ann), MemberOf(Dee)], CancellationToken.None)).Outcome.ShouldBe(
                    Outcome.Done,
                    $"sent {attempt} times"
                );
            }
        }
        else
        {
            // The platform has no such call: each known list gets its own removal. Lists that are not ours get none.
            (await SendAsync(MemberOperation.Remove, Ann)).Outcome.ShouldBe(Outcome.Done);
            FormOf(Ann).ShouldBeSubsetOf(await _world.HeldAsync(_world.OtherAudience));
            (await SendToAsync(_world.OtherAudience, MemberOperation.Remove, Ann)).Outcome.ShouldBe(Outcome.Done);
        }

        await ShouldHoldAsync(Bob);
        (await _world.HeldAsync(_world.OtherAudience)).Order().ShouldBe(FormOf(Cid).Order());
    }

    [Fact]
    public async Task A_remote_audience_is_created_once_found_again_and_gone_when_deleted()
    {
        if (_world.Destination is not IAudienceFactory maker)
        {
            // Its lists are created at the platform; a missing one stops the audience with the first call.
            (await SendToAsync(new RemoteAudienceId("99999"), MemberOperation.Add, Ann)).Outcome.Kind.ShouldBe(OutcomeKind.StopAudience);
            return;
        }

        var wanted = new AudienceDefinition("carts \"7d\"", "who left one", TimeSpan.FromDays(7));
        var created = await maker.EnsureAsync(wanted, CancellationToken.None);
        created.Outcome.ShouldBe(Outcome.Done);
        created.AlreadyExisted.ShouldBeFalse();
        (await maker.EnsureAsync(wanted, CancellationToken.None)).ShouldBe(created with { AlreadyExisted = true });
        var audience = created.Audience!.Value;
        (await maker.ReadAsync(audience, CancellationToken.None)).ShouldSatisfyAllConditions(
            report => report.Outcome.ShouldBe(Outcome.Done),
            report => report.Name.ShouldBe(wanted.Name),
            report => report.State.ShouldBe(AudienceState.TooSmall)
        );

        (await maker.DeleteAsync(audience, CancellationToken.None)).ShouldBe(Outcome.Done);
        (await maker.ReadAsync(audience, CancellationToken.None)).Outcome.Kind.ShouldBe(OutcomeKind.StopAudience);
        (await SendToAsync(audience, MemberOperation.Add, Ann)).Outcome.Kind.ShouldBe(OutcomeKind.StopAudience);
    }

    [Fact]
    public async Task A_check_finds_no_problem_where_there_is_none_and_finds_a_missing_list()
    {
        var checks = _world.Destination.ShouldBeAssignableTo<IChecks>()!;
        await SendAsync(MemberOperation.Add, Ann);

        var findings = await checks.CheckAsync([_world.Audience, new RemoteAudienceId("99999")], CancellationToken.None);

        findings.Where(finding => finding.Audience is null && finding.State == CheckState.Bad).ShouldBeEmpty();
        findings.ShouldContain(finding => finding.What == "token" && finding.State == CheckState.Good);
        findings.Single(finding => finding.Audience == _world.Audience).State.ShouldNotBe(CheckState.Bad);
        var missing = findings.Single(finding => finding.Audience == new RemoteAudienceId("99999"));
        missing.State.ShouldBe(CheckState.Bad);
        missing.Advice.ShouldNotBeEmpty();
        checks.CheckName("high_intent_cart_7d_v1").ShouldBeNull();
        await ShouldHoldAsync(Ann);
    }
}
