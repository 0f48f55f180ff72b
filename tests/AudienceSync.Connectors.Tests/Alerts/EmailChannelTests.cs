using AudienceSync.Connectors.Alerts;
using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Alerts;
using MimeKit;
using SmtpServer.Protocol;

namespace AudienceSync.Connectors.Tests.Alerts;

/// <summary>Mail, against a real server of SMTP on this machine.</summary>
public sealed class EmailChannelTests
{
    [Fact]
    public async Task The_notices_of_an_incident_are_one_thread_with_plain_text()
    {
        await using var server = MailServer.Start();
        var channel = Email(server.Port);
        (await channel.SendAsync(ChannelSample.Message(members: 2), CancellationToken.None)).ShouldBe(
            new ChannelAnswer(ChannelOutcome.Accepted, "done", 250)
        );
        await channel.SendAsync(ChannelSample.Message(NoticeKind.Recovered), CancellationToken.None);

        var (opened, recovered) = (server.Mails[0], server.Mails[1]);
        opened.Subject.ShouldBe("[CRITICAL] Removals late: meta_main");
        opened.To.Mailboxes.Select(to => to.Address).ShouldBe(["oncall@example.com", "growth@example.com"]);
        opened.TextBody.ShouldStartWith("meta_main/cart_0: oldest 43 min");
        opened.TextBody.ShouldContain("See audiencesync sync status.");
        opened.Headers["Auto-Submitted"].ShouldBe("auto-generated");
        recovered.Subject.ShouldBe("[RESOLVED after 43 min] Removals late: meta_main");
        recovered.InReplyTo.ShouldBe(opened.MessageId);
        recovered.References.ShouldBe([opened.MessageId.ShouldNotBeNull()]);
        recovered.MessageId.ShouldNotBe(opened.MessageId);
    }

    [Fact]
    public async Task A_weekly_digest_is_a_mail_of_its_own_with_a_paragraph_for_each_part_and_the_first_lines_of_a_long_one()
    {
        await using var server = MailServer.Start();
        var members = ChannelSample.Notice(members: ChannelLimits.NamedMembers + 3).Members;
        var notice = ChannelSample.Notice(NoticeKind.WeeklyDigest) with
        {
            Title = "Week to 2026-11-30",
            Members = [],
            Sections = [new NoticeSection("Firing now", members), new NoticeSection("Silenced now", [])],
        };
        await Email(server.Port).SendAsync(new AlertMessage(Guid.NewGuid(), notice), CancellationToken.None);

        var mail = server.Mails.Single();
        mail.Subject.ShouldBe("[DIGEST] Week to 2026-11-30");
        (mail.InReplyTo, mail.References.Count).ShouldBe((null, 0));
        var lines = mail.TextBody!.ReplaceLineEndings("\n").TrimEnd().Split('\n');
        lines[..5]
            .ShouldBe([
                "Workspace: default",
                "Week from: 2026-11-29 18:00:00Z",
                "",
                "Firing now",
                "  meta_main/cart_0: oldest 43 min, limit <1 & 2>",
            ]);
        lines[(4 + ChannelLimits.NamedMembers)..]
            .ShouldBe(["  and 3 more", "", "Silenced now", "  none", "", "See audiencesync sync status."]);
    }

    [Theory]
    [InlineData(SmtpReplyCode.TransactionFailed, ChannelOutcome.Dead, "smtp_554")]
    [InlineData(SmtpReplyCode.ServiceUnavailable, ChannelOutcome.Later, "smtp_421")]
    [InlineData(SmtpReplyCode.SizeLimitExceeded, ChannelOutcome.Refused, "smtp_552")]
    public async Task What_the_server_answers_is_the_outcome(SmtpReplyCode code, ChannelOutcome outcome, string expected)
    {
        await using var server = MailServer.Start();
        server.Refuses = code;
        var answer = await Email(server.Port).SendAsync(ChannelSample.Message(), CancellationToken.None);
        (answer.Outcome, answer.Code).ShouldBe((outcome, expected));
    }

    [Fact]
    public async Task Without_a_server_it_is_tried_later_and_nothing_arrived()
    {
        int port;
        await using (var gone = MailServer.Start())
        {
            port = gone.Port;
        }

        var answer = await Email(port).SendAsync(ChannelSample.Message(), CancellationToken.None);
        answer.ShouldBe(new ChannelAnswer(ChannelOutcome.Later, "network", 0));
    }

    [Fact]
    public async Task A_server_without_encryption_gets_no_mail_where_it_is_required()
    {
        await using var server = MailServer.Start();
        var answer = await Email(server.Port, "starttls").SendAsync(ChannelSample.Message(), CancellationToken.None);
        answer.ShouldBe(new ChannelAnswer(ChannelOutcome.Dead, "smtp_no_starttls", 0));
        server.Mails.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("none", true, "invalid_security")]
    [InlineData("ssl", false, "invalid_security")]
    public void A_password_is_never_sent_without_encryption(string security, bool withPassword, string code) =>
        ChannelSample
            .TryCreate("email", [.. Settings(25, security), .. withPassword ? Login : []])
            .Errors.Select(error => error.Code)
            .ShouldBe([code]);

    [Fact]
    public void A_password_needs_a_user() =>
        ChannelSample
            .TryCreate("email", [.. Settings(25, "tls"), Login[1]])
            .Errors.Select(error => error.Code)
            .ShouldBe(["missing_password"]);

    private static readonly (string, SettingValue)[] Login =
    [
        ("user", SettingValue.Of("alerts")),
        ("password", ChannelSample.Hidden("secretofmail")),
    ];

    private static IAlertChannel Email(int port, string security = "none") =>
        ChannelSample.Create("email", new HttpClientHandler(), null, Settings(port, security));

    private static (string, SettingValue)[] Settings(int port, string security) =>
        [
            ("host", SettingValue.Of("127.0.0.1")),
            ("port", SettingValue.Of(port.ToString(System.Globalization.CultureInfo.InvariantCulture))),
            ("security", SettingValue.Of(security)),
            ("from", SettingValue.Of("AudienceSync <alerts@example.com>")),
            ("to", SettingValue.Of([SettingValue.Of("oncall@example.com"), SettingValue.Of("growth@example.com")])),
        ];
}
