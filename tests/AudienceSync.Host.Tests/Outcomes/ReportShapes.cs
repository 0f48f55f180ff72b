using System.Text.Json.Nodes;

namespace AudienceSync.Host.Tests.Outcomes;

/// <summary>
/// Every message shape of contracts/customerio.md 2.6 and 6.2: an object type, a metric, and the fields that it requires.
/// </summary>
internal static class ReportShapes
{
    private static readonly (string Channel, string Metrics)[] Catalog =
    [
        ("customer", "subscribed unsubscribed cio_subscription_preferences_changed"),
        ("email", "drafted attempted sent delivered opened clicked converted unsubscribed bounced dropped spammed failed undeliverable"),
        ("push", "drafted attempted sent delivered opened clicked converted bounced dropped failed undeliverable"),
        ("in_app", "drafted attempted sent opened clicked converted failed undeliverable"),
        ("sms", "drafted attempted sent delivered clicked converted bounced failed undeliverable replied"),
        ("slack", "drafted attempted sent clicked failed undeliverable"),
        ("webhook", "drafted attempted sent clicked failed undeliverable"),
        ("whatsapp", "drafted attempted sent delivered opened clicked converted bounced dropped failed undeliverable replied"),
    ];

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<(string Channel, string Metric)> All =
    [
        .. Catalog.SelectMany(row => row.Metrics.Split(' ').Select(metric => (row.Channel, metric))),
    ];

    /// <summary>The data of a message of this shape, without the person.</summary>
    /// <param name="channel">Its object type.</param>
    /// <param name="metric">Its metric.</param>
    /// <param name="recipient">The address that it went to.</param>
    /// <param name="random">Chooses what varies.</param>
    public static JsonObject Data(string channel, string metric, string recipient, Random random)
    {
        var data = new JsonObject();
        if (channel != "customer")
        {
            data["delivery_id"] = "RPILAgABcRhIBqSp7kiPekGBIeVh";
            data["action_id"] = random.Next(1, 50);
            data[random.Next(2) == 0 ? "campaign_id" : "broadcast_id"] = random.Next(1, 9);
            data["subject"] = "a subject";
        }

        if (channel == "push")
        {
            data["recipients"] = new JsonArray(new JsonObject { ["device_id"] = "device", ["device_platform"] = "ios" });
        }
        else
        {
            data["recipient"] = recipient;
        }

        switch (metric)
        {
            case "attempted"
            or "failed"
            or "undeliverable"
            or "bounced"
            or "dropped" when channel != "push" || metric[0] is not ('b' or 'd'):
                data["failure_message"] = Failures[random.Next(Failures.Length)].Replace("ADDRESS", recipient, StringComparison.Ordinal);
                break;
            case "clicked":
                data["href"] = "https://shop.example/?to=" + recipient;
                data["link_id"] = random.Next(9);
                data["machine"] = random.Next(2) == 0;
                break;
            case "opened":
                data[random.Next(2) == 0 ? "proxied" : "prefetched"] = random.Next(2) == 0;
                break;
            case "replied":
                data["inbound_event_id"] = "01E4C4CT6YDC7Y5M7FE1GWWPQJ";
                data["to"] = recipient;
                break;
            case "cio_subscription_preferences_changed":
                data["content"] = new JsonObject
                {
                    ["topics"] = new JsonObject { ["topic_7"] = random.Next(2) == 0, ["topic_8"] = random.Next(2) == 0 },
                    ["channels"] = new JsonObject { ["email"] = random.Next(2) == 0 },
                }.ToJsonString();
                break;
            default:
                break;
        }

        return data;
    }

    /// <summary>Texts of failures: hard, soft, blocked, and none that is recognized.</summary>
    public static readonly string[] Failures =
    [
        "550 5.1.1 <ADDRESS>: user unknown",
        "452 4.2.2 mailbox full",
        "550 5.7.1 rejected as spam",
        "it did not work",
    ];
}
