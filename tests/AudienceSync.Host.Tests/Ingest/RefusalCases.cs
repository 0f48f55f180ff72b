using System.Text.Json.Nodes;
using AudienceSync.Domain;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>
/// For every refusal code, requests that are refused with it. Cases that need a separate Host are in <see cref="RefusalTests"/>.
/// </summary>
internal static class RefusalCases
{
    private const string TooLong = "x";

    public static readonly IReadOnlyDictionary<string, Func<IEnumerable<HttpRequestMessage>>> ByCode = new Dictionary<
        string,
        Func<IEnumerable<HttpRequestMessage>>
    >(StringComparer.Ordinal)
    {
        [IngestProblem.Unauthorized.Code] = () => [Webhook.Request(Sample.Event().ToJsonString(), "wrong")],
        [IngestProblem.SignatureMissing.Code] = () => [Webhook.Request(Sample.Event().ToJsonString(), TestHostFiles.SignedToken)],
        [IngestProblem.SignatureWrong.Code] = () =>
            [Webhook.Request(Sample.Event().ToJsonString(), TestHostFiles.SignedToken).With("1", new string('0', 64))],
        [IngestProblem.InvalidSignatureTimestamp.Code] = () =>
            [Webhook.Request(Sample.Event().ToJsonString(), TestHostFiles.SignedToken).With(new string('1', 21), new string('0', 64))],
        [IngestProblem.BodyTooLarge.Code] = () => [Webhook.Signed(new byte[Limits.BodyBytes + 1])],
        [IngestProblem.BatchTooLarge.Code] = () => [Batch.Request(new byte[Limits.BatchBytes + 1], Sample.Now)],
        [IngestProblem.UnsupportedType.Code] = () =>
            [
                Typed("text/html"),
                Typed("application/jsonp"),
                Typed("application/xml"),
                Typed("multipart/form-data; boundary=x"),
                Typed("application/octet-stream"),
            ],
        [IngestProblem.UnsupportedEncoding.Code] = () => [Encoded("gzip"), Encoded("br"), Encoded("identity, gzip")],
        [IngestProblem.MalformedJson.Code] = () => [Webhook.Signed("{"), Webhook.Signed(""), Webhook.Signed(Sample.Raw("\"event\":1"))],
        [IngestProblem.MalformedForm.Code] = () =>
            [
                Form(""),
                Form("event=%zz"),
                Form("event=%e"),
                Form("note=100%"),
                Form("event=%ff"),
                Form("event=a&event=a"),
                Form("person=a&person.email=b"),
                Form("person[email]=a&person.email=b"),
            ],
        [IngestProblem.NotAnEvent.Code] = () =>
            [Webhook.Signed("7"), Webhook.Signed("\"audience_add\""), Webhook.Signed("null"), Webhook.Signed("true")],
        [IngestProblem.NotAQuestion.Code] = () => [Decisions.DecisionStage.Signed("[]", Sample.Now)],
        [IngestProblem.InvalidAudiences.Code] = () =>
            [Decisions.DecisionStage.Signed("{\"person\":{\"customer_id\":\"1\"},\"audiences\":7}", Sample.Now)],
        [IngestProblem.NoEvents.Code] = () => [Webhook.Signed("[]")],
        [IngestProblem.TooManyEvents.Code] = () => [Webhook.Signed(Sample.Events(Limits.EventsPerRequest + 1))],
        [IngestProblem.MissingEvent.Code] = () => [Without("event"), .. Each("event", "\"\"", "\" \"", "null", "1", "{}")],
        [IngestProblem.InvalidSchemaVersion.Code] = () => Each("schema_version", "0", "-1", "1.5", "\"one\"", "true", "{}", "99999999999"),
        [IngestProblem.InvalidEventId.Code] = () => Each("event_id", "true", "{}", "[]"),
        [IngestProblem.InvalidAudienceKey.Code] = () =>
            [
                Without("audience_key"),
                .. Each(
                    "audience_key",
                    "\"cart\"",
                    "\"Cart_v1\"",
                    "\"cart_v0\"",
                    "\"cart_v01\"",
                    "\"_v1\"",
                    "\"cart v1\"",
                    "1",
                    "null",
                    "{}"
                ),
            ],
        [IngestProblem.InvalidOccurredAt.Code] = () =>
            Each("occurred_at", "\"soon\"", "\"1999-12-31T23:59:59Z\"", "true", "\"2026\"", "\"20261129\"", "0"),
        [IngestProblem.MissingKeyAndTime.Code] = () => [Webhook.Signed(Sample.Without("event_id", "occurred_at").ToJsonString())],
        [IngestProblem.MissingIdOrTime.Code] = () =>
            [Strict(sample => sample.Remove("occurred_at")), Strict(sample => sample.Remove("event_id"))],
        [IngestProblem.UnknownField.Code] = () =>
            [
                Strict(sample => sample["consnet"] = new JsonObject()),
                Strict(sample => sample["email"] = "flat@example.com"),
                Strict(sample => sample["person"] = new JsonObject { ["id"] = "42" }),
            ],
        [IngestProblem.InvalidPerson.Code] = () =>
            [
                Strict(sample => sample.Remove("person")),
                Strict(sample => sample["person"] = new JsonObject { ["customer_id"] = 42 }),
                .. Persons(),
            ],
        [IngestProblem.MissingPerson.Code] = () =>
            [
                Without("person"),
                .. Each("person", "{}", "null", """{"email":""}""", """{"email":"nowhere"}"""),
                .. Each("person", """{"email":{}}""", """{"customer_id":true}""", """{"id":[]}""", """{"phone":false}"""),
            ],
        [IngestProblem.FieldTooLong.Code] = () =>
            Each("person", $$"""{"customer_id":"{{TooLong.PadRight(Limits.CustomerIdChars + 1, 'x')}}"}"""),
        [IngestProblem.InvalidConsent.Code] = () =>
            new[]
            {
                "\"granted\"",
                "true",
                "[]",
                "null",
                """{"ad_user_data":"maybe"}""",
                """{"ad_personalization":1}""",
                """{"ad_user_data":"granted","ad_personalization":""}""",
            }.Select(Consent),
        [IngestProblem.UnknownDestination.Code] = () =>
            new JsonNode[] { "nowhere", new JsonObject() }.Select(place => Suppression("person_unsuppress", place)),
        [IngestProblem.InvalidText.Code] = () =>
            [
                .. new[] { "\\ud800", "a\\u0000b" }.Select(Named),
                Webhook.Signed("""{"\ud800":1}"""),
                Webhook.Signed(Sample.Raw("\"\\udc00\":1")),
                Webhook.Signed(Sample.Raw("\"x\":{\"y\\ud800\":1}")),
            ],
    };

    private static HttpRequestMessage Named(string customerId) =>
        Webhook.Signed(
            Sample.Of(new JsonObject { ["customer_id"] = "MARK" }).ToJsonString().Replace("MARK", customerId, StringComparison.Ordinal)
        );

    private static HttpRequestMessage Consent(string consent)
    {
        var sample = Sample.With("event", "person_consent");
        sample["consent"] = JsonNode.Parse(consent);
        return Webhook.Signed(sample.ToJsonString());
    }

    private static HttpRequestMessage Suppression(string name, JsonNode destination)
    {
        var sample = Sample.With("event", name);
        sample["destination"] = destination;
        return Webhook.Signed(sample.ToJsonString());
    }

    private static IEnumerable<HttpRequestMessage> Persons() => Each("person", "\"Ann\"", "[]", "7");

    private static HttpRequestMessage Strict(Action<JsonObject> change)
    {
        var sample = Sample.With("schema_version", 2);
        change(sample);
        return Webhook.Signed(sample.ToJsonString());
    }

    private static IEnumerable<HttpRequestMessage> Each(string field, params string[] values) =>
        values.Select(value => Webhook.Signed(Sample.With(field, JsonNode.Parse(value)).ToJsonString()));

    private static HttpRequestMessage Without(string field) => Webhook.Signed(Sample.Without(field).ToJsonString());

    private static HttpRequestMessage Form(string body)
    {
        var request = Webhook.Signed(body);
        request.Content!.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded");
        return request;
    }

    private static HttpRequestMessage Typed(string? type)
    {
        var request = Webhook.Signed(Sample.Event().ToJsonString());
        request.Content!.Headers.Remove("Content-Type");
        if (type is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return request;
    }

    private static HttpRequestMessage Encoded(string encoding)
    {
        var request = Webhook.Signed(Sample.Event().ToJsonString());
        request.Content!.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return request;
    }
}
