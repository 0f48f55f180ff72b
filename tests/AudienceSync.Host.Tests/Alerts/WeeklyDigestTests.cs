using System.Net.Http.Json;
using AudienceSync.Host.Tests.Serving;
using MimeKit;
using Npgsql;

namespace AudienceSync.Host.Tests.Alerts;

/// <summary>Who wants to has a mail once a week: about what happened, and never a second one of a week.</summary>
public sealed class WeeklyDigestTests
{
    private const string Weekly = "      weekly_digest: { channels: [ mail ] }";

    // The tests begin on a Saturday.
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    [Fact]
    public async Task It_is_a_mail_each_week_with_the_incidents_of_the_week_recorded_like_a_notice()
    {
        await using var stage = await AlertStage.StartAsync(Weekly);
        await SeenAsync(stage.Host);
        await stage.AddAsync("ann");
        await stage.Host.WaitUntilQuietAsync();
        await stage.Host.Sandbox.FaultAsync(new { operation = "remove", kind = "server_error" });
        await stage.RemoveAsync("ann");
        await stage.SentAsync("removals_late", 1);
        using var cleared = await stage.Host.Sandbox.Admin.DeleteAsync("/admin/faults");
        using var resumed = await stage.Host.Operator.PostAsync("/v1/destinations/meta_main/resume", content: null);
        await stage.SentAsync("removals_late", 2);
        using var silenced = await stage.Host.Operator.PostAsJsonAsync(
            "/v1/alerts/silences",
            new
            {
                rule = "drift",
                until = Monday.AddDays(1),
                by = "ann",
                why = "ann@example.com asked",
            }
        );

        stage.Clock.Set(Monday.AddSeconds(-30));
        await LookedAsync(stage);
        Digests(stage).ShouldBeEmpty();
        stage.Clock.Set(Monday);
        var mail = await DigestAsync(stage, 1);

        mail.Subject.ShouldBe("[DIGEST] Week to 2026-11-23: incidents 1, firing now 0");
        var text = mail.TextBody!.ReplaceLineEndings("\n");
        text.ShouldStartWith("Workspace: default\nWeek from: 2026-11-16 08:00:00Z\n");
        text.ShouldContain("  Removals late (warning): began 1, recovered 1, median time to recovery ");
        text.ShouldContain("Firing now\n  none\n");
        text.ShouldContain("  Remote audience differs from what it should have: until 2026-11-24 08:00:00Z");
        text.ShouldContain("  meta_main: removals 1, p99 ");
        mail.ToString().ShouldNotContain("ann@");
        (mail.InReplyTo, mail.To.Mailboxes.Single().Address).ShouldBe((null, "oncall@example.com"));

        var notice = (await stage.SentAsync("weekly_digest", 1)).Single();
        AlertDeliveryTests.Answers(notice).ShouldBe([("mail", "sent", "done")]);
        var shown = await stage.Host.GetAsync($"/v1/alerts/notices/{notice.GetProperty("notice")}");
        shown
            .GetProperty("sections")
            .EnumerateArray()
            .Select(section => section.GetProperty("title").GetString())
            .ShouldBe(["Incidents of the week", "Firing now", "Silenced now", "Removals, the slowest accounts first"]);

        // What was in the week before is not in this one.
        stage.Clock.Set(Monday + Week);
        (await DigestAsync(stage, 2)).TextBody!.ReplaceLineEndings("\n").ShouldContain("Incidents of the week\n  none\n");
    }

    [Fact]
    public async Task One_that_cannot_be_made_keeps_nobody_from_being_alerted_and_is_made_later()
    {
        await using var stage = await AlertStage.StartAsync(Weekly);
        await SeenAsync(stage.Host);
        await stage.Host.ExecuteAsync("alter table weekly_digests rename to mislaid");
        stage.Clock.Set(Monday);
        await stage.AddAsync("ann");
        await stage.Host.WaitUntilQuietAsync();
        await stage.Host.Sandbox.FaultAsync(new { operation = "remove", kind = "server_error" });
        await stage.RemoveAsync("ann");
        await stage.SentAsync("removals_late", 1);
        Digests(stage).ShouldBeEmpty();
        stage.Host.LogLines.Count(line => line.Contains("weekly digest cannot be made", StringComparison.Ordinal)).ShouldBe(1);

        await stage.Host.ExecuteAsync("alter table mislaid rename to weekly_digests");
        await DigestAsync(stage, 1);
    }

    [Fact]
    public async Task A_Host_that_was_down_at_the_hour_sends_one_afterwards_and_not_one_for_each_week()
    {
        await using var stage = await AlertStage.StartAsync(Weekly);
        await SeenAsync(stage.Host);
        await stage.Host.StopAsync();
        stage.Clock.Set(Monday + (Week * 3) + TimeSpan.FromHours(30));
        await using var next = await stage.AnotherAsync();

        (await DigestAsync(stage, 1)).Subject.ShouldStartWith("[DIGEST] Week to 2026-12-14: ");
        stage.Clock.Set(Monday + (Week * 4));
        (await DigestAsync(stage, 2)).Subject.ShouldStartWith("[DIGEST] Week to 2026-12-21: ");
        (await next.ScalarAsync<long>("select count(*) from weekly_digests")).ShouldBe(3, "the one without a mail, and two");
    }

    [Fact]
    public async Task Two_Hosts_send_one_a_week()
    {
        await using var stage = await AlertStage.StartAsync(Weekly);
        await using var other = await stage.AnotherAsync();
        await SeenAsync(stage.Host);
        for (var week = 0; week < 4; week++)
        {
            stage.Clock.Set(Monday + (Week * week));
            await DigestAsync(stage, week + 1);

            // Whichever Host looked is gone for the next one.
            if (week == 1)
            {
                await other.StopAsync();
            }
        }

        Digests(stage).Select(mail => mail.MessageId).Distinct().Count().ShouldBe(4);
        var second = await Should.ThrowAsync<PostgresException>(() =>
            stage.Host.ScalarAsync<long>(
                "insert into weekly_digests select channel, week, null, made_at from weekly_digests limit 1 returning 1::bigint"
            )
        );
        second.SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
    }

    [Fact]
    public async Task Without_the_setting_there_is_none()
    {
        await using var stage = await AlertStage.StartAsync();
        await Deadline.UntilAsync(
            async () => await stage.Host.ScalarAsync<long>("select count(*) from alert_cursors where name = 'flows'") == 1,
            () => "the first look"
        );
        stage.Clock.Set(Monday + (Week * 2));
        await LookedAsync(stage);
        stage.Mail.Mails.Where(IsDigest).ShouldBeEmpty();
        (await stage.Host.ScalarAsync<long>("select count(*) from weekly_digests")).ShouldBe(0);
    }

    // The channel is known, so that the next hour is its first one.
    private static Task SeenAsync(TestHost host) =>
        Deadline.UntilAsync(
            async () => await host.ScalarAsync<long>("select count(*) from weekly_digests where send_id is null") == 1,
            () => $"the first look\n{string.Join('\n', host.LogLines.TakeLast(40))}"
        );

    private static async Task<MimeMessage> DigestAsync(AlertStage stage, int count)
    {
        await Deadline.UntilAsync(
            () => Task.FromResult(Digests(stage).Count >= count),
            () => $"{count} digests, not {Digests(stage).Count}\n{string.Join('\n', stage.Host.LogLines.TakeLast(40))}"
        );
        await LookedAsync(stage);
        Digests(stage).Count.ShouldBe(count);
        return Digests(stage)[^1];
    }

    // A look that began after now is over: each one counts what came since the cursor. Twice, because one may be under way already.
    private static async Task LookedAsync(AlertStage stage)
    {
        for (var look = 0; look < 2; look++)
        {
            var behind = await stage.Host.ScalarAsync<long>(
                "update alert_cursors set position = position - 1 where name = 'flows' returning position"
            );
            await Deadline.UntilAsync(
                async () => await stage.Host.ScalarAsync<long>("select position from alert_cursors where name = 'flows'") > behind,
                () => "a look"
            );
        }
    }

    private static List<MimeMessage> Digests(AlertStage stage) => [.. stage.Mail.Mails.Where(IsDigest)];

    private static bool IsDigest(MimeMessage mail) => mail.Subject!.StartsWith("[DIGEST]", StringComparison.Ordinal);
}
