using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AudienceSync.Domain;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Requests exactly on a limit, and one past it.</summary>
internal sealed record LimitCase(Func<IEnumerable<HttpRequestMessage>> On, Func<IEnumerable<HttpRequestMessage>> Past)
{
    /// <summary>
    /// By the name of the constant. No single request can cross the limits of the queue and of linking: see <see cref="LimitTests"/> and
    /// <see cref="LinkLimitTests"/>.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, LimitCase> ByConstant = new Dictionary<string, LimitCase>(StringComparer.Ordinal)
    {
        [nameof(Limits.BodyBytes)] = Of(Limits.BodyBytes, bytes => [Webhook.Signed(Sample.Event().ToJsonString().PadRight(bytes))]),
        [nameof(Limits.BatchBytes)] = Of(
            Limits.BatchBytes,
            bytes => [Batch.Request(System.Text.Encoding.UTF8.GetBytes(Sample.Event().ToJsonString().PadRight(bytes, '\n')), Sample.Now)]
        ),
        [nameof(Limits.ListBytes)] = Of(Limits.ListBytes, bytes => [List("email\nx@example.com".PadRight(bytes, '\n'))]),
        [nameof(Limits.OperatorBodyBytes)] = Of(Limits.OperatorBodyBytes, bytes => [Release("?reason=none", "{}".PadRight(bytes))]),
        [nameof(Limits.ParameterChars)] = Of(Limits.ParameterChars, chars => [Release("?reason=" + Text(chars), "{}")]),
        [nameof(Limits.PageRows)] = Of(
            Limits.PageRows,
            rows => [Operator(new HttpRequestMessage(HttpMethod.Get, $"/v1/quarantine?limit={rows}"))]
        ),
        [nameof(Limits.JsonDepth)] = Of(
            Limits.JsonDepth,
            depth => [Webhook.Signed(Sample.Raw("\"x\":" + new string('[', depth - 1) + new string(']', depth - 1)))]
        ),
        [nameof(Limits.EventsPerRequest)] = Of(
            Limits.EventsPerRequest,
            events =>
                [
                    Webhook.Signed(Sample.Events(events)),
                    Batch.Request(System.Text.Encoding.UTF8.GetBytes(Sample.Events(events)), Sample.Now),
                ]
        ),
        [nameof(Limits.AudienceKeyChars)] = Of(
            Limits.AudienceKeyChars,
            chars => [Field("audience_key", new string('a', chars - 3) + "_v1")]
        ),
        [nameof(Limits.DecisionAudiences)] = Of(
            Limits.DecisionAudiences,
            names =>
                [
                    Decisions.DecisionStage.Signed(
                        "{\"customer_id\":\"1\",\"audiences\":\""
                            + string.Join(',', Enumerable.Range(0, names).Select(n => $"a{n}"))
                            + "\"}",
                        Sample.Now
                    ),
                ]
        ),
        [nameof(Limits.EventIdChars)] = Of(Limits.EventIdChars, EventIds),
        [nameof(Limits.CustomerIdChars)] = Of(
            Limits.CustomerIdChars,
            chars => [Person("customer_id", Text(chars)), Person("id", Text(chars))]
        ),
        [nameof(Limits.EmailChars)] = Of(Limits.EmailChars, chars => [Person("email", Text(chars - 16) + " <x@example.com>")]),
        [nameof(Limits.PhoneChars)] = Of(
            Limits.PhoneChars,
            chars => [Person("phone", "+1 202 555 01" + new string(' ', chars - 15) + "47")]
        ),
        [nameof(Limits.DetailChars)] = Of(
            Limits.DetailChars,
            chars => Details.Select(name => Field("person", new JsonObject { ["customer_id"] = "42", [name] = Text(chars) }))
        ),
        [nameof(Limits.ContextChars)] = Of(
            Limits.ContextChars,
            chars =>
                new[] { "journey", "step", "variant", "message" }.Select(name => Field("context", new JsonObject { [name] = Text(chars) }))
        ),
        [nameof(Limits.ClockSkew)] = new(
            () => [At(Sample.Now + Limits.ClockSkew)],
            () => [At(Sample.Now + Limits.ClockSkew + TimeSpan.FromMicroseconds(1))]
        ),
        [nameof(Limits.Ahead)] = new(
            () => [At(Sample.Now + Limits.Ahead)],
            () => [At(Sample.Now + Limits.Ahead + TimeSpan.FromMicroseconds(1))]
        ),
        [nameof(Limits.SchemaVersion)] = Of(Limits.SchemaVersion, version => [Field("schema_version", version)]),
    };

    private static string[] Details =>
        ["first_name", "last_name", "city", "state", "postal_code", "country", "gender", "birth_date", "device_id"];

    private static LimitCase Of(int limit, Func<int, IEnumerable<HttpRequestMessage>> requests) =>
        new(() => requests(limit), () => requests(limit + 1));

    private static IEnumerable<HttpRequestMessage> EventIds(int chars)
    {
        var unique = Sample.NewId();
        yield return Field("event_id", Text(chars - unique.Length) + unique);
        foreach (var header in new[] { "x-cio-idempotency-key", "x-cio-delivery-id" })
        {
            var single = Webhook.Signed(Sample.Without("event_id").ToJsonString());
            single.Headers.Add(header, Text(chars));
            yield return single;
        }
    }

    private static HttpRequestMessage List(string csv) =>
        Operator(
            new HttpRequestMessage(HttpMethod.Post, "/v1/people/suppressions/list")
            {
                Content = new StringContent(csv, MediaTypeHeaderValue.Parse("text/csv")),
            }
        );

    private static HttpRequestMessage Release(string query, string body) =>
        Operator(
            new HttpRequestMessage(HttpMethod.Post, "/v1/quarantine/release" + query)
            {
                Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json")),
            }
        );

    private static HttpRequestMessage Operator(HttpRequestMessage request)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestHostFiles.OperatorToken);
        return request;
    }

    private static string Text(int chars) => new('x', chars);

    private static HttpRequestMessage Field(string field, JsonNode value) => Webhook.Signed(Sample.With(field, value).ToJsonString());

    private static HttpRequestMessage At(DateTimeOffset time) => Field("occurred_at", time.ToString("O"));

    private static HttpRequestMessage Person(string field, string value) => Field("person", new JsonObject { [field] = value });
}
