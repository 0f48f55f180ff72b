using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Alerts;
using AudienceSync.Host.Tests.Outcomes;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Privacy;

/// <summary>A person with a recognizable value in every field, and the secrets of a test's Host.</summary>
internal static class Canaries
{
    public const string Email = "canary.everywhere@example.com";

    private const string Phone = "12025550163";

    private static readonly (string Field, string Text)[] Details =
    [
        ("first_name", "canaryfirst"),
        ("last_name", "canarylast"),
        ("city", "canarycity"),
        ("state", "canarystate"),
        ("postal_code", "canary4711"),
        ("country", "canarycountry"),
        ("gender", "canarygender"),
        ("birth_date", "1871-04-17"),
        ("device_id", "c0ffee00-cafe-4bad-8bad-0c0ffee0cafe"),
    ];

    /// <summary>Each case has its own customer.</summary>
    public static string Customer(string name) => "canary-customer-" + name;

    public static JsonObject Fields()
    {
        var fields = new JsonObject
        {
            ["customer_id"] = Customer("anybody"),
            ["email"] = Email,
            ["phone"] = "+1 (202) 555-0163",
        };
        foreach (var (field, text) in Details)
        {
            fields[field] = text;
        }

        return fields;
    }

    /// <summary>In plain text and as the bare SHA-256 that a platform receives.</summary>
    public static Needles Person()
    {
        var needles = new Needles()
            .Text("customer id", "canary-customer-")
            .Text("e-mail", Email)
            .Text("phone", Phone)
            .Text("phone with plus", "+" + Phone)
            .Text("phone as it was written", "(202) 555-0163");
        return Details.Aggregate(needles, (sum, detail) => sum.Text(detail.Field, detail.Text));
    }

    public static Needles Secrets() =>
        new Needles()
            .Text("token of the source", TestHostFiles.SignedToken)
            .Text("token of another source", TestHostFiles.MaySignToken)
            .Text("token of the third source", TestHostFiles.UnsignedToken)
            .Text("signing key", TestHostFiles.SigningKey)
            .Text("second signing key", TestHostFiles.SecondSigningKey)
            .Text("key of the reports", ReportingStage.Key)
            .Text("secret of Slack", AlertStage.SlackSecret)
            .Text("routing key of PagerDuty", AlertStage.RoutingKey)
            .Text("operator's token", TestHostFiles.OperatorToken)
            .Text("master key", TestHostFiles.MasterKey)
            .Text("platform's token", TestPlatform.Token);
}
