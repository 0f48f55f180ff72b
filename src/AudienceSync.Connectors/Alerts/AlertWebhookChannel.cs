using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Alerts;

namespace AudienceSync.Connectors.Alerts;

/// <summary>
/// Sends to any receiver, signed by the scheme of Standard Webhooks: <c>webhook-id</c> is the same for each attempt, so a receiver that
/// remembers ids takes a notice once.
/// </summary>
public sealed class AlertWebhookChannel : IAlertChannel
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    private const string KeyPrefix = "whsec_";

    private readonly ChannelCalls _calls;
    private readonly TimeProvider _clock;
    private readonly Secret _url;
    private readonly byte[] _key;

    internal AlertWebhookChannel(Secret url, byte[] key, TimeSpan timeout, DestinationDependencies dependencies)
    {
        (_url, _key, _clock) = (url, key, dependencies.Clock);
        _calls = new ChannelCalls(dependencies, new Uri(url.Reveal()), timeout, ChannelLimits.Gap);
    }

    public static PlatformSettings Known { get; } = new("webhook", "url", "signing_key");

    public bool Repeats => true;

    public bool TakesReminders => true;

    public ValueTask<ChannelAnswer> SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var body = Body(message);
        var (id, time) = (message.Id.ToString("N"), _clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        var headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [IdHeader] = id,
            [TimestampHeader] = time,
            [SignatureHeader] = Sign(_key, id, time, body),
        };
        return _calls.PostAsync(new Uri(_url.Reveal()), headers, body, answer => AlertWebhookErrors.Of(answer.Status), cancellationToken);
    }

    internal static ParsedSettings<AlertWebhookChannel> Parse(DestinationSection section, DestinationDependencies dependencies)
    {
        var url = section.SecretUrl("url");
        var key = section
            .Secret("signing_key")
            .Must(given => given is not null, "missing_signing_key", "signing_key is required: { file: NAME } or { env: NAME }.")
            .Map(given => KeyOf(given!.Reveal()))
            .Must(given => given is not null, "invalid_signing_key", "signing_key: what follows whsec_ must be base64.");
        var timeout = section.CallTimeoutOr(ChannelLimits.CallTimeout);
        return Known.Parsed(
            section,
            [url.Error, key.Error, timeout.Error, section.NoBaseUrl()],
            () => new AlertWebhookChannel(url.Value!, key.Value!, timeout.Value, dependencies)
        );
    }

    /// <summary><c>v1,</c> and the base64 of HMAC-SHA-256 over <c>id.timestamp.body</c>.</summary>
    internal static string Sign(byte[] key, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.ASCII.GetBytes($"{id}.{timestamp}."));
        hash.AppendData(body);
        return "v1," + Convert.ToBase64String(hash.GetHashAndReset());
    }

    /// <summary>The bytes of a key: base64 after <c>whsec_</c>, otherwise its text.</summary>
    internal static byte[]? KeyOf(string text)
    {
        if (!text.StartsWith(KeyPrefix, StringComparison.Ordinal))
        {
            return Encoding.ASCII.GetBytes(text);
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text[KeyPrefix.Length..], bytes, out var length) ? bytes[..length] : null;
    }

    internal static byte[] Body(AlertMessage message)
    {
        var notice = message.Notice;
        return JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                @event = notice.Kind == NoticeKind.Recovered ? "sync.alert.resolved" : "sync.alert.raised",
                kind = notice.Kind.ToString().ToLowerInvariant(),
                workspace_id = notice.Workspace,
                alert_instance_id = message.Thread,
                alert_type = notice.Rule,
                dedup_key = message.Key,
                severity = notice.Severity.ToString().ToLowerInvariant(),
                message = notice.Headline,
                began_at = notice.BeganAt,
                at = notice.At,
                owner = notice.Owner,
                advice = notice.Advice,
                details = notice.Members.Select(member => new
                {
                    subject = member.Subject,
                    facts = member.Facts.Select(fact => new { name = fact.Name, value = fact.Value }),
                }),
            }
        );
    }
}
