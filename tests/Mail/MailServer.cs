using System.Buffers;
using System.Net;
using System.Net.Sockets;
using MimeKit;
using SmtpServer;
using SmtpServer.ComponentModel;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace AudienceSync.Mail;

/// <summary>A mail server of a test, on a port of this machine. It keeps what it takes.</summary>
internal sealed class MailServer : MessageStore, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<MimeMessage> _mails = [];
    private Task _running = Task.CompletedTask;

    public int Port { get; private set; }

    /// <summary>What it answers to a mail; null for taking it.</summary>
    public SmtpReplyCode? Refuses { get; set; }

    /// <summary>Awaited when it has taken a mail, before it answers.</summary>
    public Func<Task> Taken { get; set; } = static () => Task.CompletedTask;

    public IReadOnlyList<MimeMessage> Mails
    {
        get
        {
            lock (_gate)
            {
                return [.. _mails];
            }
        }
    }

    public static MailServer Start()
    {
        var server = new MailServer { Port = FreePort() };
        var options = new SmtpServerOptionsBuilder().ServerName("localhost").Port(server.Port).Build();
        var services = new ServiceProvider();
        services.Add(server);
        server._running = new SmtpServer.SmtpServer(options, services).StartAsync(server._stop.Token);
        return server;
    }

    public override async Task<SmtpResponse> SaveAsync(
        ISessionContext context,
        IMessageTransaction transaction,
        ReadOnlySequence<byte> buffer,
        CancellationToken cancellationToken
    )
    {
        if (Refuses is { } code)
        {
            return new SmtpResponse(code, "no");
        }

        using var stream = new MemoryStream(buffer.ToArray());
        var mail = MimeMessage.Load(stream, cancellationToken);
        lock (_gate)
        {
            _mails.Add(mail);
        }

        await Taken();
        return SmtpResponse.Ok;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
