using AudienceSync.Connectors.Sections;
using MailKit.Security;
using MimeKit;

namespace AudienceSync.Connectors.Alerts;

/// <summary>A mail server and who gets mail, validated.</summary>
/// <param name="Host">The server.</param>
/// <param name="Port">Its port.</param>
/// <param name="Security">How the connection is encrypted.</param>
/// <param name="From">The sender.</param>
/// <param name="To">Who gets it.</param>
/// <param name="User">Who logs in; null for nobody.</param>
/// <param name="Password">Their password.</param>
/// <param name="Timeout">For the whole mail.</param>
internal sealed record EmailSettings(
    string Host,
    int Port,
    SecureSocketOptions Security,
    MailboxAddress From,
    IReadOnlyList<MailboxAddress> To,
    string? User,
    Secret? Password,
    TimeSpan Timeout
)
{
    public const int MaxRecipients = 20;

    private const int DefaultPort = 587;
    private const int MaxPort = 65_535;
    private const string OfEmail = "must be an email address";

    public static PlatformSettings Known { get; } = new("email", "host", "port", "security", "from", "to", "user", "password");

    public static ParsedSettings<EmailSettings> Parse(DestinationSection section)
    {
        var host = section.Text("host").Must(given => !string.IsNullOrWhiteSpace(given), "missing_host", "host is required.");
        var port = section.Within("port", DefaultPort, MaxPort);
        var security = section
            .Text("security")
            .Must(given => OptionsOf(given) is not null, "invalid_security", "security must be starttls, tls or none.")
            .Map(given => OptionsOf(given)!.Value);
        var from = section
            .Text("from")
            .Must(given => given is not null && MailboxAddress.TryParse(given, out _), "invalid_from", $"from {OfEmail}.")
            .Map(given => MailboxAddress.Parse(given!));
        var to = Recipients(section);
        var user = section.Text("user");
        var password = section
            .Secret("password")
            .Must(given => (given is null) == (user.Value is null), "missing_password", "user and password belong together.")
            .Must(
                given => given is null || security.Value != SecureSocketOptions.None,
                "invalid_security",
                "security must not be none where a password is sent."
            );
        var timeout = section.CallTimeoutOr(ChannelLimits.CallTimeout);
        return Known.Parsed(
            section,
            [host.Error, port.Error, security.Error, from.Error, to.Error, user.Error, password.Error, timeout.Error, section.NoBaseUrl()],
            () =>
                new EmailSettings(host.Value!, port.Value, security.Value, from.Value, to.Value, user.Value, password.Value, timeout.Value)
        );
    }

    private static Setting<IReadOnlyList<MailboxAddress>> Recipients(DestinationSection section)
    {
        var items = section.Settings.GetValueOrDefault("to")?.Items ?? [];
        var all = items.Select(item => MailboxAddress.TryParse(item.Text ?? "", out var address) ? address : null).ToList();
        return all.Count is 0 or > MaxRecipients || all.Contains(null)
            ? new Setting<IReadOnlyList<MailboxAddress>>(
                "to",
                [],
                new SettingError("to", "invalid_to", $"to must be a list of 1 to {MaxRecipients} email addresses.")
            )
            : new Setting<IReadOnlyList<MailboxAddress>>("to", [.. all.OfType<MailboxAddress>()]);
    }

    private static SecureSocketOptions? OptionsOf(string? given) =>
        given switch
        {
            null or "starttls" => SecureSocketOptions.StartTls,
            "tls" => SecureSocketOptions.SslOnConnect,
            "none" => SecureSocketOptions.None,
            _ => null,
        };
}
