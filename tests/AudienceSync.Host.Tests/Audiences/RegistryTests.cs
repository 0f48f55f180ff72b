using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>The registry over HTTP: what is allowed, what is refused, and what its history records.</summary>
public sealed class RegistryTests : IAsyncLifetime
{
    private static readonly OffsetClock Clock = new(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(new TestHostOptions { Clock = Clock });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_start_records_in_the_history_what_the_configuration_declared()
    {
        (await _host.HistoryAsync()).ShouldBe([
            "configuration: audience_registered",
            "configuration: audience_key_published_v2",
            "configuration: audience_bound",
        ]);
        var shown = await _host.GetAsync($"/v1/audiences/{RegistryStage.Audience}");
        shown.GetProperty("owner").GetString().ShouldBe("o");
        shown.GetProperty("bindings")[0].GetProperty("key").GetString().ShouldBe("high_intent_cart_7d_v1");
    }

    [Fact]
    public async Task A_second_start_with_the_same_file_records_nothing()
    {
        var before = await _host.ScalarAsync<long>("select count(*) from mt_events");
        await using var second = await TestHost.StartAsync(
            new TestHostOptions
            {
                Clock = Clock,
                Database = _host.Database,
                Platform = _host.Sandbox,
            }
        );
        (await _host.ScalarAsync<long>("select count(*) from mt_events")).ShouldBe(before);
    }

    [Fact]
    public async Task A_start_that_declares_other_terms_is_refused_with_the_version_to_publish()
    {
        var options = new TestHostOptions
        {
            Clock = Clock,
            Database = _host.Database,
            Platform = _host.Sandbox,
            Audiences = [new(RegistryStage.Audience, 8)],
        };
        var refused = await Should.ThrowAsync<RegistryException>(() => TestHost.StartAsync(options));
        refused.Refusal.Code.ShouldBe("audience_key_changed");
        refused.Message.ShouldContain("version 2");
    }

    [Fact]
    public async Task A_version_is_published_once_and_a_change_to_it_is_refused()
    {
        var terms = new
        {
            window_d = 14,
            match_keys = new[] { "email" },
            consent_policy = "required",
            by = "ann",
            why = "longer",
        };
        (await _host.ApplyChangeAsync("keys/high_intent_cart_7d_v2/publish", terms)).ShouldHaveSingleItem();
        (await _host.ApplyChangeAsync("keys/high_intent_cart_7d_v2/publish", terms)).ShouldBeEmpty();
        var refused = await _host.PostAsOperatorAsync("keys/high_intent_cart_7d_v2/publish", new { window_d = 15 });
        (refused.Status, refused.Code).ShouldBe((409, "audience_key_changed"));
        (await _host.PostAsOperatorAsync("keys/high_intent_cart_7d_v9/publish", terms)).Code.ShouldBe("audience_key_not_next");
        (await _host.PostAsOperatorAsync("audiences/nobody/pause", new { })).Code.ShouldBe("unknown_audience");
        (await _host.HistoryAsync()).Last().ShouldBe("ann: audience_key_published_v2");
        _host
            .Server.Workspaces["default"]
            .Get<AudienceKeys>()
            .ByName("high_intent_cart_7d_v2")
            .ShouldNotBeNull()
            .ConsentPolicy.ShouldBe(Domain.Audiences.ConsentPolicy.Required);
        (await _host.ScalarAsync<int>("select match_keys from audience_keys where audience_key = 'high_intent_cart_7d_v2'")).ShouldBe(1);
    }

    [Fact]
    public async Task Ten_concurrent_publishers_publish_one_version_and_the_stream_has_no_gap()
    {
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(n => _host.PostAsOperatorAsync("keys/high_intent_cart_7d_v2/publish", new { window_d = 14, by = $"host {n}" }))
        );
        answers.ShouldAllBe(answer => answer.Status == 200);
        (await _host.HistoryAsync()).Count.ShouldBe(4);
        (
            await _host.ScalarAsync<bool>(
                "select bool_and(s.version = (select count(*) from mt_events e where e.stream_id = s.id)) from "
                    + "mt_streams s where s.type = 'audience_stream'"
            )
        ).ShouldBeTrue();
    }

    [Fact]
    public async Task A_paused_audience_sends_nothing_and_catches_up_when_it_is_resumed()
    {
        await _host.ApplyChangeAsync($"audiences/{RegistryStage.Audience}/pause", new { why = "freeze" });
        (await _host.SendEventAsync("add", "high_intent_cart_7d_v1", "ann")).Status.ShouldBe(200);
        (await _host.SendEventAsync("add", "winback_45d_v1", "ann")).Status.ShouldBe(200);
        (await _host.PostAsOperatorAsync("destinations/meta_main/resume", new { })).Status.ShouldBe(200);
        await Deadline.UntilAsync(
            async () => (await _host.Sandbox.HeldAsync(TestHost.Remote(1), "EMAIL")).Count > 0,
            () => "a member on the list of the audience that is not paused"
        );

        (await _host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).ShouldBeEmpty("resuming the account does not resume the audience");
        await _host.ApplyChangeAsync($"audiences/{RegistryStage.Audience}/resume", new { });
        await _host.WaitUntilQuietAsync();
        (await _host.HeldAsync(0, ["ann"])).ShouldBe(["ann"]);
    }

    [Fact]
    public async Task A_retired_key_accepts_no_more_events()
    {
        await _host.ApplyChangeAsync("keys/high_intent_cart_7d_v2/publish", new { window_d = 14 });
        (await _host.SendEventAsync("add", "high_intent_cart_7d_v2", "ann")).Status.ShouldBe(200);
        await _host.ApplyChangeAsync("keys/high_intent_cart_7d_v2/retire", new { });
        (await _host.SendEventAsync("add", "high_intent_cart_7d_v2", "ben")).Code.ShouldBe("retired_audience_key");
        (await _host.PostAsOperatorAsync("keys/high_intent_cart_7d_v1/retire", new { })).Code.ShouldBe("audience_key_in_use");
    }

    [Fact]
    public async Task A_manual_binding_stays_and_a_binding_that_the_file_no_longer_declares_ends()
    {
        await _host.ApplyChangeAsync(
            $"audiences/{RegistryStage.Audience}/bindings",
            new
            {
                key = "high_intent_cart_7d_v1",
                destination = "meta_main",
                remote = "77",
                by = "ann",
            }
        );
        (
            await _host.PostAsOperatorAsync(
                "audiences/winback_45d/bindings",
                new
                {
                    key = "winback_45d_v1",
                    destination = "meta_main",
                    remote = "77",
                }
            )
        ).Code.ShouldBe("binding_taken");
        (
            await _host.PostAsOperatorAsync(
                "audiences/winback_45d/bindings",
                new
                {
                    key = "winback_45d_v1",
                    destination = "nowhere",
                    remote = "77",
                }
            )
        ).Code.ShouldBe("unknown_destination");
        var options = new TestHostOptions
        {
            Clock = Clock,
            Database = _host.Database,
            Platform = _host.Sandbox,
            Audiences = [new("post_purchase_14d", 14)],
        };
        var yaml = options with { Yaml = text => text.Replace(TestHost.Remote(0), TestHost.Remote(2)) };
        await using var second = await TestHost.StartAsync(yaml);
        (await second.HistoryAsync()).Last().ShouldBe("configuration: audience_unbound");
        (await _host.ScalarAsync<long>("select count(*) from bindings where bound")).ShouldBe(2);
    }
}
