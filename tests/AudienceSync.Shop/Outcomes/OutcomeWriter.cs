using System.Globalization;
using System.Text.Json.Nodes;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Outcomes;

/// <summary>Writes events of the reporting stream in Customer.io's schema (docs.customer.io, reporting webhooks).</summary>
internal sealed class OutcomeWriter(Random random)
{
    private const string IdAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static readonly string[] HardMessages =
    [
        "550 5.1.1 The email account that you tried to reach does not exist",
        "smtp; 550 5.1.1 <{0}>: Recipient address rejected: User unknown",
        "5.1.10 RESOLVER.ADR.RecipientNotFound; recipient not found",
    ];

    private static readonly string[] SoftMessages =
    [
        "452 4.2.2 The email account that you tried to reach is over quota",
        "421 4.7.0 Try again later",
        "mailbox full",
    ];

    private static readonly (string Channel, string Metric)[] Unknown =
    [
        ("email", "teleported"),
        ("fax", "sent"),
        ("webhook", "sent"),
        ("in_app", "dismissed_forever"),
    ];

    /// <summary>How the workspace at Customer.io itself names a customer.</summary>
    public static string CioIdOf(int customer) => string.Create(CultureInfo.InvariantCulture, $"d9c1{customer:x8}");

    /// <param name="at">In whole seconds.</param>
    public string Write(Customer customer, OutcomeChannel channel, OutcomeKind kind, DateTimeOffset at, Identifiers identifiers)
    {
        var data = Message(customer, channel, identifiers);
        Describe(data, customer, channel, kind);
        if (kind is OutcomeKind.Unsubscribed or OutcomeKind.Subscribed or OutcomeKind.PreferencesChanged)
        {
            data.Remove("delivery_id");
            data["email_address"] = customer.Email;
        }

        var body = Envelope(ObjectOf(channel, kind), MetricOf(kind), at, data);
        if (kind == OutcomeKind.PreferencesChanged && random.Next(2) == 0)
        {
            // The specification names the kind in this key here, and the documentation in the other.
            body.Remove("object_type");
            body["object_type_type"] = "customer";
        }

        return body.ToJsonString();
    }

    /// <summary>An event that proves nothing, about nobody that the receiver could know by it.</summary>
    public string WriteFlawed(OutcomeFlaw flaw, DateTimeOffset at)
    {
        var (channel, metric) = flaw == OutcomeFlaw.UnknownMetric ? Unknown[random.Next(Unknown.Length)] : ("email", "delivered");
        var data = new JsonObject
        {
            ["customer_id"] = "",
            ["identifiers"] = random.Next(2) == 0 ? null : new JsonObject { ["id"] = null, ["email"] = null },
            ["delivery_id"] = DeliveryId(),
        };
        var text = Envelope(channel, metric, at, data).ToJsonString();
        return flaw != OutcomeFlaw.DamagedBody
            ? text
            : random.Next(4) switch
            {
                0 => text[..^random.Next(1, 40)],
                1 => $"[{text}]",
                2 => "null",
                _ => "upstream connect error or disconnect/reset before headers",
            };
    }

    private JsonObject Envelope(string channel, string metric, DateTimeOffset at, JsonObject data) =>
        new()
        {
            ["event_id"] = NewId(),
            ["object_type"] = channel,
            ["metric"] = metric,
            ["timestamp"] =
                random.Next(9) == 0
                    ? JsonValue.Create(at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))
                    : JsonValue.Create(at.ToUnixTimeSeconds()),
            ["data"] = data,
        };

    private JsonObject Message(Customer customer, OutcomeChannel channel, Identifiers identifiers) =>
        new()
        {
            // Deprecated, and still sent.
            ["customer_id"] = identifiers.HasFlag(Identifiers.CustomerId) ? customer.CustomerId : "",
            ["identifiers"] = new JsonObject
            {
                ["id"] = identifiers.HasFlag(Identifiers.CustomerId) ? customer.CustomerId : null,
                ["email"] = identifiers.HasFlag(Identifiers.Email) ? customer.Email : null,
                ["cio_id"] = CioIdOf(customer.Number),
            },
            ["delivery_id"] = DeliveryId(),
            ["campaign_id"] = random.Next(1, 40),
            ["action_id"] = random.Next(1, 400),
            ["recipient"] = channel == OutcomeChannel.Email ? customer.Email : $"+{customer.PhoneDigits}",
            ["subject"] = channel == OutcomeChannel.Email ? "You left something in your cart" : null,
        };

    private void Describe(JsonObject data, Customer customer, OutcomeChannel channel, OutcomeKind kind)
    {
        switch (kind)
        {
            case OutcomeKind.OpenedByMachine:
                data[
                    random.Next(3) switch
                    {
                        0 => "proxied",
                        1 => "prefetched",
                        _ => "synthetic",
                    }
                ] = true;
                break;
            case OutcomeKind.Opened:
                (data["proxied"], data["prefetched"]) = (false, false);
                break;
            case OutcomeKind.Clicked or OutcomeKind.ClickedByMachine:
                (data["href"], data["link_id"]) = ("https://shop.example/cart", random.Next(1, 9));
                data["machine"] = kind == OutcomeKind.ClickedByMachine;
                break;
            case OutcomeKind.HardBounced:
                data["failure_message"] =
                    channel == OutcomeChannel.Sms
                        ? "30005: Unknown destination handset"
                        : string.Format(CultureInfo.InvariantCulture, HardMessages[random.Next(HardMessages.Length)], customer.Email);
                break;
            case OutcomeKind.SoftBounced:
                data["failure_message"] =
                    channel == OutcomeChannel.Sms
                        ? "30003: Unreachable destination handset"
                        : SoftMessages[random.Next(SoftMessages.Length)];
                break;
            case OutcomeKind.PreferencesChanged:
                data["content"] = new JsonObject
                {
                    ["topics"] = new JsonObject { ["topic_7"] = random.Next(2) == 0, ["topic_8"] = false },
                    ["channels"] = new JsonObject { ["email"] = random.Next(2) == 0 },
                }.ToJsonString();
                break;
            default:
                break;
        }
    }

    private static string ObjectOf(OutcomeChannel channel, OutcomeKind kind) =>
        kind is OutcomeKind.Unsubscribed or OutcomeKind.Subscribed or OutcomeKind.PreferencesChanged ? "customer"
        : channel == OutcomeChannel.Sms ? "sms"
        : "email";

    private static string MetricOf(OutcomeKind kind) =>
        kind switch
        {
            OutcomeKind.Delivered => "delivered",
            OutcomeKind.Opened or OutcomeKind.OpenedByMachine => "opened",
            OutcomeKind.Clicked or OutcomeKind.ClickedByMachine => "clicked",
            OutcomeKind.HardBounced or OutcomeKind.SoftBounced => "bounced",
            OutcomeKind.Complained => "spammed",
            OutcomeKind.Unsubscribed => "unsubscribed",
            OutcomeKind.Subscribed => "subscribed",
            OutcomeKind.PreferencesChanged => "cio_subscription_preferences_changed",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an outcome with a metric"),
        };

    private string DeliveryId() => $"RPIL{Text(24)}==";

    private string NewId() => $"01{Text(24)}";

    private string Text(int length) =>
        string.Create(
            length,
            random,
            static (span, random) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = IdAlphabet[random.Next(IdAlphabet.Length)];
                }
            }
        );
}
