using System.Globalization;
using AudienceSync.Host.Alerts;
using AudienceSync.Host.Tests.Simulation;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Alerts;

/// <summary>What becomes of notices whose Host is killed as a process, by SIGKILL.</summary>
public sealed class AlertProcessKillTests(ITestOutputHelper output)
{
    private const int Seed = 20261201;

    // A new message after a kill, or a throttle of Slack: at the next look.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Killed_twice_between_the_post_and_its_record_people_have_it_twice_and_in_doubt_and_PagerDuty_has_one_incident()
    {
        await using var stage = await AlertKillStage.StartAsync();
        for (var attempt = 1; attempt <= AlertSender.MostUnanswered; attempt++)
        {
            await using var host = await stage.HostAsync();
            if (attempt == 1)
            {
                await stage.NoticeAsync("meta_main");
            }

            await KillWithAnswersHeldAsync(stage, host, calls: 3);
            (await stage.SendsAsync()).ShouldAllBe(send => send.State == AlertSendState.Open && send.Attempts == attempt && send.InDoubt);
            (await stage.InSlackAsync("meta_main")).ShouldBe(attempt);
            stage.InMail("meta_main").ShouldBe(attempt);
        }

        await using var last = await stage.HostAsync();
        await OverAsync(stage, last);
        (await stage.SendsAsync())
            .Select(send => (send.Channel, send.State, send.InDoubt))
            .ShouldBe([
                ("mail", AlertSendState.InDoubt, true),
                ("pager", AlertSendState.Sent, true),
                ("slack", AlertSendState.InDoubt, true),
            ]);
        (await stage.InSlackAsync("meta_main")).ShouldBe(2);
        stage.InMail("meta_main").ShouldBe(2);
        stage.Mail.Mails.Select(mail => mail.MessageId).Distinct().Count().ShouldBe(1);
        (await stage.IncidentsAsync("meta_main")).Single().GetProperty("triggers").GetInt32().ShouldBe(3, "otherwise nothing was repeated");
    }

    [Fact]
    public async Task Killed_twice_while_it_sends_a_weekly_digest_people_have_it_twice_and_in_doubt_and_no_third_one()
    {
        await using var stage = await AlertKillStage.StartAsync("      weekly_digest: { channels: [ mail ] }");
        for (var attempt = 1; attempt <= AlertSender.MostUnanswered; attempt++)
        {
            await using var host = await stage.HostAsync();
            if (attempt == 1)
            {
                await stage.WeekLaterAsync(host);
            }

            await KillWithAnswersHeldAsync(stage, host, calls: 1);
            (await stage.SendsAsync())
                .ShouldHaveSingleItem()
                .ShouldBe(new RecordedSend("mail", "mail", AlertSendState.Open, attempt, true));
        }

        await using var last = await stage.HostAsync();
        await OverAsync(stage, last);
        (await stage.SendsAsync()).Select(send => (send.Channel, send.State)).ShouldBe([("mail", AlertSendState.InDoubt)]);
        stage.Mail.Mails.Count.ShouldBe(2);
        stage.Mail.Mails.Select(mail => mail.MessageId).Distinct().Count().ShouldBe(1);
        stage.Mail.Mails[0].Subject.ShouldStartWith("[DIGEST] Week to ");
    }

    [Fact]
    public Task Killed_twice_at_random_moments_of_calls_people_have_each_notice_twice_at_most() => KillAtRandomAsync(kills: 2);

    [ProveFact]
    [Trait("Category", "Prove")]
    [Trait("Prove", "kills")]
    public Task Killed_twelve_times_at_random_moments_of_calls_people_have_each_notice_twice_at_most() => KillAtRandomAsync(kills: 12);

    private async Task KillAtRandomAsync(int kills)
    {
        const int noticesEach = 3;
        var random = new Random(Seed);
        await using var stage = await AlertKillStage.StartAsync();
        for (var kill = 0; kill < kills; kill++)
        {
            await using var host = await stage.HostAsync();
            for (var notice = 0; notice < noticesEach; notice++)
            {
                await stage.NoticeAsync($"account-{kill}-{notice}");
            }

            await KillAtMomentAsync(stage, host, random.Next(1, 3 * 2 * noticesEach), TimeSpan.FromMilliseconds(random.Next(0, 20)));
        }

        await using var last = await stage.HostAsync();
        await OverAsync(stage, last);
        var sends = await stage.SendsAsync();
        var repeated = 0;
        foreach (var send in sends)
        {
            var incidents = await stage.IncidentsAsync(send.Group);
            var copies = send.Channel switch
            {
                "slack" => await stage.InSlackAsync(send.Group),
                "mail" => stage.InMail(send.Group),
                _ => incidents.Single().GetProperty("triggers").GetInt32(),
            };
            incidents.Count.ShouldBe(1, $"seed {Seed}: {send}");
            (send.Channel == "pager" || copies <= 2).ShouldBeTrue($"seed {Seed}: {send} is there {copies} times");
            (send.State is AlertSendState.Sent or AlertSendState.InDoubt).ShouldBeTrue($"seed {Seed}: {send}");
            (copies > 0 || send.State == AlertSendState.InDoubt).ShouldBeTrue($"seed {Seed}: {send} is nowhere");
            (copies == 1 || send.InDoubt).ShouldBeTrue($"seed {Seed}: {send} is there {copies} times");
            repeated += copies > 1 ? 1 : 0;
        }

        sends.Count.ShouldBe(kills * noticesEach * 3);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {Seed}: {kills} kills, {sends.Count} sends, {sends.Count(send => send.InDoubt)} marked in doubt, "
                    + $"{repeated} repeated, {kills * noticesEach} incidents at PagerDuty"
            )
        );
    }

    // Every service has its call and keeps its answer; then the Host is killed.
    private static async Task KillWithAnswersHeldAsync(AlertKillStage stage, HostProcess host, int calls)
    {
        var (held, release) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Task Hold()
        {
            Interlocked.Increment(ref held);
            return release.Task;
        }

        stage.Calls.At = moment => moment == CallMoment.Done ? Hold() : Task.CompletedTask;
        stage.Mail.Taken = Hold;
        await Deadline.UntilAsync(() => Volatile.Read(ref held) == calls, () => $"{held} of {calls} calls\n{host.Log}");
        await host.KillAsync();
        stage.Calls.At = static _ => Task.CompletedTask;
        stage.Mail.Taken = static () => Task.CompletedTask;
        release.SetResult();
    }

    private static async Task KillAtMomentAsync(AlertKillStage stage, HostProcess host, int moments, TimeSpan later)
    {
        var (left, reached) = (moments, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Task Count()
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                reached.SetResult();
            }

            return Task.CompletedTask;
        }

        stage.Calls.At = _ => Count();
        stage.Mail.Taken = Count;
        await reached.Task.OrTimeoutAsync($"moment {moments} of calls");
        if (later > TimeSpan.Zero)
        {
            await RealTime.PassAsync(later);
        }

        await host.KillAsync();
    }

    private static Task OverAsync(AlertKillStage stage, HostProcess host) =>
        Deadline.UntilAsync(
            async () => (await stage.SendsAsync()).TrueForAll(send => send.State != AlertSendState.Open),
            () => $"the end of all sends\n{host.Log}",
            Longest
        );
}
