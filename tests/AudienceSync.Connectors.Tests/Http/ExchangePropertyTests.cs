using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;
using Xunit.Abstractions;

namespace AudienceSync.Connectors.Tests.Http;

/// <summary>
/// For generated people and a platform that quotes whatever it received, in any place and spelling: no identifier, digest or token is in
/// what is kept of the call. <c>AUDIENCESYNC_SEED</c> sets the seed, which is printed.
/// </summary>
public sealed partial class ExchangePropertyTests(ITestOutputHelper output)
{
    private const int Calls = 150;

    [Theory]
    [InlineData("meta")]
    [InlineData("google")]
    [InlineData("tiktok")]
    [InlineData("webhook")]
    public async Task No_identifier_digest_or_token_survives(string platform)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("AUDIENCESYNC_SEED"), out var given) ? given : 20261130;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var quoted = 0;
        for (var call = 0; call < Calls; call++)
        {
            var people = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Person(random)).ToList();
            var network = new QuotingPlatform(random, people);
            var destination = Destinations
                .Create(platform, SectionOf(platform, random), new DestinationDependencies(network, new ManualTime(), new Random(1)))
                .Destination!;
            using var recorder = ExchangeRecorder.Start();
            var operation = random.Next(2) == 0 ? MemberOperation.Add : MemberOperation.Remove;
            await destination.SendAsync(
                new MemberCall(
                    new RemoteAudienceId("1234567890"),
                    operation,
                    [.. people.Select(person => new Member(person, destination.Normalizer))]
                ),
                default
            );

            var kept = recorder.Last.ShouldNotBeNull();
            JsonDocument.Parse(kept.Body).RootElement.ValueKind.ShouldBe(JsonValueKind.Object);
            JsonDocument.Parse(kept.Response!);
            Encoding.UTF8.GetByteCount(kept.Response!).ShouldBeLessThanOrEqualTo(CallExchange.MaxResponseBytes);
            quoted += kept.Response!.Contains(ResponseText.Removed, StringComparison.Ordinal) ? 1 : 0;
            foreach (var phone in people.Select(person => person.Phone![2..]))
            {
                NotDigits()
                    .Replace(Regex.Unescape(kept.Response!), "")
                    .ShouldNotContain(phone, customMessage: $"call {call}, response {network.Answered}");
            }

            foreach (var needle in network.Needles)
            {
                foreach (var text in new[] { kept.Path, kept.Body, Regex.Unescape(kept.Response!) })
                {
                    text.ShouldNotContain(needle, Case.Insensitive, $"call {call}, response {network.Answered}");
                }
            }
        }

        quoted.ShouldBeGreaterThan(Calls / 2, "otherwise the platform quoted nothing");
    }

    private static DestinationSection SectionOf(string platform, Random random)
    {
        var token = Text(random, "ABCDEFabcdef0123456789", 40);
        return platform switch
        {
            "google" => Section.Of(
                "769-372-9833",
                ("client_id", "client"),
                ("client_secret", new Secret(Text(random, "abc123", 20))),
                ("refresh_token", new Secret(token)),
                ("terms_accepted", true),
                ("consent", "granted")
            ),
            "meta" => Section.Of("act_1001", ("token", new Secret(token)), ("app_secret", new Secret(Text(random, "abcdef0123", 32)))),
            "webhook" => Section.Of("crm", ("base_url", "https://crm.example/in/audiences"), ("app_secret", new Secret(token))),
            _ => Section.Of("7000000000000000001", ("token", new Secret(token))),
        };
    }

    private static PersonIdentifiers Person(Random random)
    {
        var email =
            $"{Text(random, "abcdefghijk.-_+0123456789", random.Next(1, 15)).Trim('.')}x"
            + $"@{Text(random, "abcdefghijk", random.Next(3, 12))}.{(random.Next(2) == 0 ? "com" : "co.uk")}";
        var phone = $"+1{random.Next(2, 10)}{random.Next(10, 99)}{random.Next(2, 10)}{random.Next(100_000, 1_000_000)}";
        var details =
            random.Next(2) == 0
                ? null
                : new PersonDetails
                {
                    FirstName = Text(random, "abcdefgh", 6),
                    LastName = Text(random, "ijklmnop", 8),
                    Country = "US",
                    PostalCode = random.Next(10_000, 100_000).ToString(CultureInfo.InvariantCulture),
                };
        return new PersonIdentifiers(Text(random, "abcXYZ123 -_\"éß", random.Next(5, 20)).Trim(), email, phone, "US") { Details = details };
    }

    private static string Text(Random random, string letters, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => letters[random.Next(letters.Length)]));

    [GeneratedRegex("[^0-9]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotDigits();

    /// <summary>Quotes what it received, and what it knows about the people, anywhere in its response.</summary>
    private sealed partial class QuotingPlatform(Random random, List<PersonIdentifiers> people) : HttpMessageHandler
    {
        private readonly string _accessToken = "ya29." + Text(random, "abcdef0123456789", 30);

        public List<string> Needles { get; } = [];

        public string Answered { get; private set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = await request.Content!.ReadAsStringAsync(cancellationToken);
            if (request.RequestUri!.AbsolutePath.EndsWith("/token", StringComparison.Ordinal))
            {
                return Response(200, $$"""{"access_token":"{{_accessToken}}","expires_in":3600,"token_type":"Bearer"}""");
            }

            Needles.Clear();
            Needles.AddRange(Digests().Matches(body).Select(match => match.Value));
            Needles.AddRange(
                ExternalIds().Matches(body).Select(match => JsonSerializer.Deserialize<string>($"\"{match.Groups["id"].Value}\"")!)
            );
            Needles.AddRange(PostalCodes().Matches(body).Select(match => match.Groups["code"].Value));
            Needles.AddRange(people.SelectMany(person => new[] { person.Email!, person.Phone![1..] }));
            Needles.AddRange(
                request
                    .Headers.SelectMany(header => header.Value)
                    .Select(value => value.Split(' ', '=')[^1])
                    .Where(value => value.Length > 8)
            );
            Needles.AddRange(
                request.RequestUri.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=')[^1]).Where(value => value.Length > 8)
            );
            Needles.RemoveAll(needle => needle.Length < 4 || needle.StartsWith("application/", StringComparison.Ordinal));
            Answered = Quote(depth: 0);
            return Response(random.Next(3) == 0 ? 400 : 200, Answered);
        }

        private string Quote(int depth) =>
            random.Next(depth < 3 ? 5 : 3) switch
            {
                0 or 1 => Json(Sentence()),
                2 => people[random.Next(people.Count)].Phone![1..],
                3 => $"[{string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Quote(depth + 1)))}]",
                _ => $"{{{string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(n => Property(n, depth)))}}}",
            };

        private string Property(int n, int depth) => $"{Json(random.Next(2) == 0 ? $"k{n}" : Sentence() + n)}:{Quote(depth + 1)}";

        private string Sentence()
        {
            string[] before = ["", "Invalid value ", "row 3: '", "(", "https://x.example/?q=", "a\nb ", "Ünïcode "];
            string[] after = ["", " was refused", "'", ")", ".", ", and more", " "];
            var needle = Needles[random.Next(Needles.Count)];
            needle = random.Next(4) switch
            {
                0 => needle.ToUpperInvariant(),
                1 => needle.ToLowerInvariant(),
                _ => needle,
            };
            needle = needle.All(char.IsAsciiDigit) && needle.Length == 11 ? Spelled(needle) : needle;
            return before[random.Next(before.Length)] + needle + after[random.Next(after.Length)];
        }

        private string Spelled(string phone) =>
            random.Next(4) switch
            {
                0 => phone,
                1 => $"+{phone}",
                2 => $"+{phone[0]} ({phone[1..4]}) {phone[4..7]}-{phone[7..]}",
                _ => $"{phone[1..4]}.{phone[4..7]}.{phone[7..]}",
            };

        private string Json(string text) => JsonSerializer.Serialize(text, random.Next(2) == 0 ? Relaxed : null);

        private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

        private static HttpResponseMessage Response(int status, string body) =>
            new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

        [GeneratedRegex("[0-9a-f]{64}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
        private static partial Regex Digests();

        [GeneratedRegex("\"external_id\":\"(?<id>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
        private static partial Regex ExternalIds();

        [GeneratedRegex("\"postalCode\":\"(?<code>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
        private static partial Regex PostalCodes();
    }
}
