using System.Net.Sockets;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Alerts;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace AudienceSync.Connectors.Alerts;

/// <summary>
/// Sends mail. The notices of an occurrence of an incident are one thread, because each refers to the same <c>Message-ID</c>. What is sent
/// twice has one <c>Message-ID</c>; whether people see it once is up to their mailbox.
/// </summary>
public sealed class EmailChannel : IAlertChannel
{
    private readonly EmailSettings _settings;
    private readonly EvenRate _rate;
    private readonly TimeProvider _clock;

    internal EmailChannel(EmailSettings settings, DestinationDependencies dependencies)
    {
        (_settings, _clock) = (settings, dependencies.Clock);
        _rate = new EvenRate(ChannelLimits.Gap, dependencies.Clock);
    }

    public static PlatformSettings Known => EmailSettings.Known;

    public bool Repeats => false;

    public bool TakesReminders => true;

    public async ValueTask<ChannelAnswer> SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        await _rate.WaitAsync(cancellationToken);
        using var timeout = new CancellationTokenSource(_settings.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var client = new SmtpClient();
        var isSending = false;
        try
        {
            await client.ConnectAsync(_settings.Host, _settings.Port, _settings.Security, either.Token);
            if (_settings.User is { } user)
            {
                await client.AuthenticateAsync(user, _settings.Password!.Reveal(), either.Token);
            }

            using var mail = MailOf(message, _settings);
            isSending = true;
            await client.SendAsync(mail, either.Token);
            await QuitAsync(client, either.Token);
            return new ChannelAnswer(ChannelOutcome.Accepted, ChannelAnswer.Done, (int)SmtpStatusCode.Ok);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception failure) when (AnswerOf(failure, isSending, timeout.IsCancellationRequested) is { } answer)
        {
            return answer;
        }
    }

    internal static ParsedSettings<EmailChannel> Parse(DestinationSection section, DestinationDependencies dependencies)
    {
        var parsed = EmailSettings.Parse(section);
        return new ParsedSettings<EmailChannel>(
            parsed.Settings is { } settings ? new EmailChannel(settings, dependencies) : null,
            parsed.Errors
        );
    }

    internal static MimeMessage MailOf(AlertMessage message, EmailSettings settings)
    {
        var notice = message.Notice;
        var domain = settings.From.Domain;
        var thread = $"{message.Thread}@{domain}";
        var mail = new MimeMessage(new[] { settings.From }, settings.To, notice.Headline, TextOf(notice))
        {
            Date = notice.At,
            MessageId = notice.Kind == NoticeKind.Opened ? thread : $"{message.Id:N}@{domain}",
        };
        if (notice.Kind is not (NoticeKind.Opened or NoticeKind.Test or NoticeKind.WeeklyDigest))
        {
            mail.InReplyTo = thread;
            mail.References.Add(thread);
        }

        // No mailbox answers that somebody is on holiday.
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        return mail;
    }

    // The server has the mail, whatever becomes of the connection.
    private static async Task QuitAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or SocketException or ProtocolException or OperationCanceledException)
        {
            client.Dispose();
        }
    }

    private static TextPart TextOf(AlertNotice notice)
    {
        if (notice.Kind == NoticeKind.WeeklyDigest)
        {
            return new TextPart("plain") { Text = string.Join("\r\n", NoticeText.WeeklyDigest(notice)) + "\r\n" };
        }

        var lines = NoticeText
            .Members(notice)
            .Append("")
            .Append(notice.Kind == NoticeKind.Recovered ? "" : notice.Advice)
            .Append("")
            .Concat(NoticeText.Fields(notice).Select(field => $"{field.Name}: {field.Value}"))
            .Append($"Rule: {notice.Rule}");
        return new TextPart("plain") { Text = string.Join("\r\n", lines) + "\r\n" };
    }

    // Null for what is no answer of a server: a mistake of ours.
    private static ChannelAnswer? AnswerOf(Exception failure, bool isSending, bool isTimeout) =>
        failure switch
        {
            SmtpCommandException refused => EmailErrors.Of((int)refused.StatusCode),
            AuthenticationException => new ChannelAnswer(ChannelOutcome.Dead, "smtp_authentication", 0),
            NotSupportedException => new ChannelAnswer(ChannelOutcome.Dead, "smtp_no_starttls", 0),
            SslHandshakeException => new ChannelAnswer(ChannelOutcome.Later, "smtp_tls", 0),
            OperationCanceledException when isTimeout => Later(CallPipeline.TimeoutCode, isSending),
            IOException or SocketException or ProtocolException or OperationCanceledException => Later(CallPipeline.NetworkCode, isSending),
            _ => null,
        };

    private static ChannelAnswer Later(string code, bool isSending) => new(ChannelOutcome.Later, code, 0) { MayHaveArrived = isSending };
}
