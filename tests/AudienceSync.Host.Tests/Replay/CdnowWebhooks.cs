using System.Globalization;

namespace AudienceSync.Host.Tests.Replay;

/// <summary>One webhook of the replay: when it happened, and its JSON.</summary>
internal sealed record ReplayedWebhook(DateTimeOffset OccurredAt, string Json);

/// <summary>
/// The webhooks that journeys would have sent for the purchases: on the day of a purchase, out of winback and into post-purchase; 45 days
/// after it into winback, when no other purchase came between.
/// </summary>
internal static class CdnowWebhooks
{
    public const string Winback = "winback_45d_v1";
    public const string PostPurchase = "post_purchase_14d_v1";

    private const int WinbackAfter_d = 45;

    public static IEnumerable<ReplayedWebhook> Of(string customer, DateOnly[] days)
    {
        for (var i = 0; i < days.Length; i++)
        {
            yield return Write(customer, "audience_remove", Winback, days[i]);
            yield return Write(customer, "audience_add", PostPurchase, days[i]);
            var quiet = days[i].AddDays(WinbackAfter_d);
            if (quiet <= CdnowFile.Horizon && (i == days.Length - 1 || days[i + 1] > quiet))
            {
                yield return Write(customer, "audience_add", Winback, quiet);
            }
        }
    }

    public static string EmailOf(string customer) => $"customer{customer}@cdnow.example";

    private static ReplayedWebhook Write(string customer, string name, string key, DateOnly day)
    {
        var at = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new ReplayedWebhook(
            at,
            $$$"""
            {"event":"{{{name}}}","event_id":"{{{customer}}}/{{{name}}}/{{{key}}}/{{{date}}}","audience_key":"{{{key}}}","occurred_at":"{{{date}}}T00:00:00Z","person":{"customer_id":"{{{customer}}}","email":"{{{EmailOf(
                customer
            )}}}"}}
            """
        );
    }
}
