using System.Net.Http.Headers;
using System.Text;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>One generated request to a route, and its properties, known independently of the code of the Host.</summary>
/// <param name="HasToken">Whether it has the right token for the route.</param>
/// <param name="HasUsableQuery">Whether every parameter is declared and occurs once with a value.</param>
/// <param name="Body">The body of the request; null without content.</param>
internal sealed record FuzzInput(Route Route, HttpRequestMessage Request, bool HasToken, bool HasUsableQuery, byte[]? Body, string Story)
{
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Whether its body is one that the routes for events read as a form.</summary>
    public bool IsForm => FuzzForms.IsForm(Request, Content);

    /// <summary>The body after a byte order mark.</summary>
    public byte[] Content =>
        Body is null ? []
        : Body.AsSpan().StartsWith(ByteOrderMark) ? Body[ByteOrderMark.Length..]
        : Body;

    /// <param name="routes">All of the Host.</param>
    /// <param name="random">Decides.</param>
    /// <param name="now">The time of the Host, at which a request is signed.</param>
    public static FuzzInput Next(IReadOnlyList<Route> routes, Random random, DateTimeOffset now)
    {
        var route = routes[random.Next(routes.Count)];
        var own = route.IsWebhook ? TestHostFiles.UnsignedToken : TestHostFiles.OperatorToken;
        string?[] others =
        [
            null,
            "",
            "x",
            route.IsWebhook ? TestHostFiles.OperatorToken : TestHostFiles.UnsignedToken,
            new string('t', 1_100),
        ];
        var token = random.Next(10) == 0 ? others[random.Next(others.Length)] : own;
        var (query, usable) = Query(route, random);
        var isForm = route.IsWebhook && random.Next(5) == 0;
        var body =
            route.Body == BodyContract.List ? Csv(random)
            : isForm ? Damage(FuzzForms.Next(random, FuzzTexts.Members), random)
            : Bytes(random, route);
        body = random.Next(12) == 0 ? [.. ByteOrderMark, .. body] : body;
        var request = route.Request(query, token: null);
        request.Headers.TryAddWithoutValidation("Authorization", token is null ? null : $"Bearer {token}");
        if (route.Method != "GET" || random.Next(8) == 0)
        {
            request.Content = MakeContent(body, isForm, random);
        }

        Headers(request, random);
        var isKnown = token == own;
        if (FuzzSignatures.AreCheckedBy(route) && random.Next(3) == 0)
        {
            isKnown = FuzzSignatures.Sign(request, request.Content is null ? [] : body, random, now);
        }

        return new FuzzInput(
            route,
            request,
            isKnown,
            usable,
            request.Content is null ? null : body,
            $"{route}{query} token {isKnown} body "
                + $"{Convert.ToBase64String(body.AsSpan(0, Math.Min(body.Length, 600)))} type {request.Content?.Headers.ContentType}"
        );
    }

    private static (string Query, bool Usable) Query(Route route, Random random)
    {
        var names = route.Parameters.Select(parameter => parameter.Name).Distinct().ToList();
        var given = new List<(string Name, string Value)>();
        foreach (var required in route.Parameters.Where(parameter => parameter.IsRequired && random.Next(10) > 0))
        {
            given.Add((required.Name, required.Name == "reason" ? "unknown_audience_key" : "2026-11-29"));
        }

        for (var more = random.Next(4) == 0 ? random.Next(1, 4) : 0; more > 0; more--)
        {
            given.Add(
                (
                    names.Count > 0 && random.Next(4) > 0 ? names[random.Next(names.Count)] : "x" + random.Next(3),
                    FuzzTexts.Parameters[random.Next(FuzzTexts.Parameters.Length)]
                )
            );
        }

        var usable =
            given.All(one => names.Contains(one.Name) && one.Value.Length > 0) && given.DistinctBy(one => one.Name).Count() == given.Count;
        return (given.Count == 0 ? "" : "?" + string.Join('&', given.Select(one => $"{one.Name}={one.Value}")), usable);
    }

    private static HttpContent MakeContent(byte[] body, bool isForm, Random random)
    {
        HttpContent content = random.Next(3) == 0 ? new StreamContent(new Unseekable(body)) : new ByteArrayContent(body);
        string?[] types =
        [
            "application/json",
            "application/json; charset=utf-8",
            "application/json; charset=x",
            "text/csv",
            "application/x-www-form-urlencoded",
            "application/x-ndjson",
            "x/y; z",
            null,
        ];
        var usual = isForm ? "application/x-www-form-urlencoded" : types[0];
        if ((random.Next(5) == 0 ? types[random.Next(types.Length)] : usual) is { } type)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (random.Next(30) == 0)
        {
            content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        }

        return content;
    }

    private static void Headers(HttpRequestMessage request, Random random)
    {
        string[] names =
        [
            "Accept",
            "X-CIO-Timestamp",
            "X-CIO-Signature",
            "x-cio-delivery-id",
            "x-cio-idempotency-key",
            "Range",
            "If-Match",
            "Accept-Encoding",
            "X-HTTP-Method-Override",
            "traceparent",
        ];
        string[] values =
        [
            "",
            "*/*",
            "text/html",
            "1764426249",
            "v0=00",
            "unsent",
            "bytes=0-1",
            "DELETE",
            new string('h', 300),
            "00-x",
            "99999999999999999999",
        ];
        for (var more = random.Next(3); more > 0; more--)
        {
            request.Headers.TryAddWithoutValidation(names[random.Next(names.Length)], values[random.Next(values.Length)]);
        }
    }

    private static byte[] Bytes(Random random, Route route)
    {
        if (route.Body == BodyContract.Batch && random.Next(2) == 0)
        {
            return Damage(
                Encoding.UTF8.GetBytes(
                    string.Join(random.Next(3) == 0 ? "\r\n" : "\n", Enumerable.Range(0, random.Next(1, 6)).Select(_ => Event(random)))
                ),
                random
            );
        }

        if (route.IsWebhook && random.Next(2) == 0)
        {
            return Damage(
                Encoding.UTF8.GetBytes(
                    random.Next(4) > 0
                        ? Event(random)
                        : $"[{string.Join(',', Enumerable.Range(0, random.Next(1, 6)).Select(_ => Event(random)))}]"
                ),
                random
            );
        }

        var bytes = Encoding.UTF8.GetBytes(
            random.Next(12) switch
            {
                0 => FuzzTexts.Values[random.Next(FuzzTexts.Values.Length)],
                1 => new string('[', random.Next(1, 100)) + new string(']', random.Next(0, 100)),
                2 => "{\"by\":" + string.Concat(Enumerable.Repeat("{\"a\":", random.Next(1, 60))) + "1",
                3 => $"{{\"why\":\"{new string('w', random.Next(100, 70_000))}\"}}",
                4 => "",
                _ => Item(random, 0),
            }
        );
        return Damage(bytes, random);
    }

    private static string Item(Random random, int depth)
    {
        var members = Enumerable
            .Range(0, random.Next(0, 6))
            .Select(_ =>
            {
                var value =
                    depth < 3 && random.Next(5) == 0
                        ? (random.Next(2) == 0 ? Item(random, depth + 1) : $"[{Item(random, depth + 1)}]")
                        : FuzzTexts.Values[random.Next(FuzzTexts.Values.Length)];
                return $"\"{(random.Next(40) == 0 ? "\\ud800" : FuzzTexts.Members[random.Next(FuzzTexts.Members.Length)])}\":{value}";
            });
        return "{" + string.Join(',', members) + "}";
    }

    // Mostly valid events: there is more to break after the first checks.
    private static string Event(Random random)
    {
        var members = new List<string>
        {
            $"\"event\":\"audience_{(random.Next(3) > 0 ? "add" : "remove")}\"",
            $"\"event_id\":\"fuzz {random.Next(20_000)}\"",
            "\"audience_key\":\"winback_45d_v1\"",
            "\"occurred_at\":\"2026-11-20T10:00:00Z\"",
            $"\"person\":{{\"customer_id\":\"fuzz {random.Next(2_000)}\",\"email\":\"fuzz{random.Next(2_000)}@example.com\"}}",
        };
        for (var more = random.Next(3) == 0 ? random.Next(1, 3) : 0; more > 0; more--)
        {
            var member =
                $"\"{FuzzTexts.Members[random.Next(FuzzTexts.Members.Length)]}\":{FuzzTexts.Values[random.Next(FuzzTexts.Values.Length)]}";
            if (random.Next(2) == 0)
            {
                members.Add(member);
            }
            else
            {
                members[random.Next(members.Count)] = member;
            }
        }

        return "{" + string.Join(',', members) + "}";
    }

    private static byte[] Csv(Random random) =>
        Damage(
            Encoding.UTF8.GetBytes(
                (random.Next(3) > 0 ? "email\n" : "")
                    + string.Join(
                        '\n',
                        Enumerable.Range(0, random.Next(0, 12)).Select(_ => FuzzTexts.Lines[random.Next(FuzzTexts.Lines.Length)])
                    )
            ),
            random
        );

    private static byte[] Damage(byte[] bytes, Random random)
    {
        for (var more = bytes.Length > 0 && random.Next(5) == 0 ? random.Next(1, 4) : 0; more > 0; more--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return random.Next(12) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
