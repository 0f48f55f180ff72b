using AudienceSync.Host.Tests.Ingest;

namespace AudienceSync.Host.Tests.Serving;

public sealed class HealthTests
{
    // As PostgreSQL answers when its disk is full.
    private const string RefuseSql = """
        create function ws_default.refuse() returns trigger language plpgsql as
          $$ begin raise exception 'no space left on device' using errcode = '53100'; end $$;
        create trigger refuse before insert on ws_default.mt_events execute function ws_default.refuse();
        """;

    [Fact]
    public async Task A_host_is_ready_only_while_its_storage_responds_and_always_live()
    {
        await using var host = await TestHost.StartAsync();
        (await AskAsync(host, "/health/ready")).ShouldBe((200, "ready"));
        await using (await Outage.StartAsync(host.Database))
        {
            (await AskAsync(host, "/health/ready")).ShouldBe((503, "storage down"));
            (await AskAsync(host, "/health/live")).ShouldBe((200, "live"));
        }

        (await AskAsync(host, "/health/ready")).ShouldBe((200, "ready"));
    }

    [Fact]
    public async Task A_host_whose_oldest_request_waits_for_the_log_for_more_than_three_seconds_is_not_ready()
    {
        await using var host = await TestHost.StartAsync();
        var stalled = await StalledLog.StartAsync(host.Database);
        await using (stalled)
        {
            var waiting = host.PostAsync(Sample.Event());
            await stalled.WaitForBlockedAppendAsync();
            (await AskAsync(host, "/health/ready")).ShouldBe((200, "ready"), "storage answers, and the request has only begun to wait");

            (await waiting).Status.ShouldBe(503, "answered just before the three seconds are over");
            await UntilAsync(host, (503, "log stalled"));
            (await AskAsync(host, "/health/live")).ShouldBe((200, "live"));
        }

        await UntilAsync(host, (200, "ready"));
    }

    [Fact]
    public async Task A_host_whose_storage_answers_but_refuses_commits_is_not_ready()
    {
        await using var host = await TestHost.StartAsync();
        await host.ExecuteAsync(RefuseSql);
        var sample = Sample.Event();
        (await host.PostAsync(sample)).Status.ShouldBe(503);
        (await AskAsync(host, "/health/ready")).ShouldBe((503, "storage refuses"));

        await host.ExecuteAsync("drop trigger refuse on ws_default.mt_events");
        (await host.PostAsync(sample)).Status.ShouldBe(200);
        (await AskAsync(host, "/health/ready")).ShouldBe((200, "ready"));
    }

    private static Task UntilAsync(TestHost host, (int, string) answer) =>
        Deadline.UntilAsync(async () => await AskAsync(host, "/health/ready") == answer, () => $"{answer} of /health/ready");

    private static async Task<(int Status, string Text)> AskAsync(TestHost host, string path)
    {
        using var response = await host.Http.GetAsync(path);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
