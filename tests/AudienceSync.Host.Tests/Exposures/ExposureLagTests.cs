using AudienceSync.Host.Exposures;
using AudienceSync.Host.Exposures.Export;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Exposures;

/// <summary>How far the exposure log is behind, as metrics, status and alerts read it.</summary>
public sealed class ExposureLagTests
{
    private static readonly string[] Destinations = [ExposureStage.Destination, "another"];

    [Fact]
    public async Task It_is_behind_by_what_is_in_the_log_and_in_the_deliveries_and_is_not_read()
    {
        await using var workspace = await TestWorkspace.CreateAsync(TimeSpan.FromDays(7));
        var stage = new ExposureStage(workspace);
        var lags = Lags(workspace, isOn: true);
        await workspace.OpenLog().AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("a", TestWorkspace.Start, "ann"))], default);
        await workspace.ExecuteAsync(
            """
            insert into accounts (destination, platform) values ('shop_meta', 'meta'), ('another', 'meta');
            insert into bindings (audience, destination, remote, key_id) values ('k0', 'shop_meta', '4711', 1);
            insert into deliveries (destination, binding_id, call_id, kind, outcome, code, at, people, results)
            select 'shop_meta', 1, n, 1, 1, 'done', now(), array[gen_random_uuid()], array['acknowledged'] from generate_series(1, 3) n;
            """
        );
        var events = await workspace.AskAsync<long>("select count(*) from mt_events");
        (await lags.ReadAsync(default))
            .Select(stream => (stream.Stream, stream.Lag, stream.Since is not null))
            .ShouldBe([("log", events, true), ("deliveries/shop_meta", 3, true), ("deliveries/another", 0, false)]);
        (await lags.ReadAsync(default))[0]
            .Since.ShouldBe(new DateTimeOffset(await workspace.AskAsync<DateTime>("select min(timestamp) from mt_events")));

        await stage.RoundAsync(await stage.ClaimAsync("host"));
        var progress = (await lags.ProgressAsync(default)).ShouldNotBeNull();
        progress.Streams.ShouldAllBe(stream => stream.Lag == 0 && stream.Since == null);
        progress.Position.ShouldBe(await workspace.AskAsync<long>("select count(*) from exposure_log"));
        progress.Position.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Where_exposures_are_not_logged_nothing_is_behind()
    {
        await using var workspace = await TestWorkspace.CreateAsync(TimeSpan.FromDays(7));
        await workspace.OpenLog().AppendAsync([TestWebhooks.Request(workspace.Webhooks.Add("a", TestWorkspace.Start, "ann"))], default);
        var lags = Lags(workspace, isOn: false);
        (await lags.ReadAsync(default)).ShouldBeEmpty();
        (await lags.ProgressAsync(default)).ShouldBeNull();
    }

    private static ExposureLagQueries Lags(TestWorkspace workspace, bool isOn) =>
        new(workspace.Database, new ExposurePlan(isOn, LinkKey: null, Destinations), new ExposureTableQueries(workspace.Database));
}
