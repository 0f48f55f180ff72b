using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Tests.Privacy.Erasure;

/// <summary>The index finds exactly what opening every body would find.</summary>
public sealed class BodyMentionsTests : IDisposable
{
    private const int Seed = 20261129;
    private const string Email = "Ann.Example@example.com";
    private const string Phone = "07700 900190";
    private const string CustomerId = "auth0|5f7c";

    private readonly AliasDigester _digester = new([.. Enumerable.Range(0, 32).Select(n => (byte)n)]);
    private readonly BodyMentions _mentions;
    private readonly BodySearch _search;

    public BodyMentionsTests()
    {
        _mentions = new BodyMentions(_digester);
        HashSet<AliasDigest> aliases =
        [
            _digester.Digest(IdentifierKind.CustomerId, AliasText.CustomerId(CustomerId)!).Digest,
            _digester.Digest(IdentifierKind.Email, AliasText.Email(Email)!).Digest,
            _digester.Digest(IdentifierKind.Phone, AliasText.Phone(Phone, "GB")!).Digest,
        ];
        _search = new BodySearch(aliases, ["", "GB"], [Phone], _digester);
    }

    public void Dispose() => _digester.Dispose();

    [Theory]
    [InlineData("{\"person\":{\"email\":\" ann.example@EXAMPLE.com \"}}")]
    [InlineData("{\"broken\": \"ann.example@example.com")]
    [InlineData("[{\"a\":1},{\"deep\":[{\"er\":[\"auth0|5f7c\"]}]}]")]
    [InlineData("email=ann.example@example.com&event=audience_add")]
    [InlineData("{\"phone\":\"07700 900190\"}")]
    [InlineData("{\"phone\":\"+44 7700 900190\"}")]
    [InlineData("{\"phone\":447700900190}")]
    [InlineData("phone: (07700)900190;")]
    [InlineData("{\"half\":\"\\ud800 ann.example@example.com\"}")]
    public void A_body_that_names_the_person_is_found(string body) => IsFound(Encoding.UTF8.GetBytes(body), "").ShouldBeTrue();

    [Theory]
    [InlineData("{\"person\":{\"email\":\"bob@example.com\"}}")]
    [InlineData("{\"phone\":\"+1 202 590 0190\"}")]
    [InlineData("{\"order\":\"900190\"}")]
    [InlineData("")]
    public void A_body_that_does_not_name_the_person_is_not_found(string body) => IsFound(Encoding.UTF8.GetBytes(body), "").ShouldBeFalse();

    [Fact]
    public void Generated_bodies_are_found_by_the_index_exactly_when_reading_them_finds_the_person()
    {
        var random = new Random(Seed);
        var named = 0;
        for (var n = 0; n < 3_000; n++)
        {
            var body = Encoding.UTF8.GetBytes(Body(random));
            var country = Pick(random, "", "GB", "US", "DE");
            var isNamed = _search.Names(body);
            IsFound(body, country).ShouldBe(isNamed, $"seed {Seed}, body {n}, {country}: {Encoding.UTF8.GetString(body)}");
            named += isNamed ? 1 : 0;
        }

        named.ShouldBeInRange(500, 2_500, "otherwise one of the two sides is never tested");
    }

    [Fact]
    public void Bytes_that_are_not_text_do_not_hide_what_is_next_to_them()
    {
        byte[] body = [.. "{\"bad\":\""u8, 0xff, .. " ann.example@example.com\",\"n\":1}"u8];
        IsFound(body, "").ShouldBeTrue();
    }

    [Fact]
    public void A_body_with_more_texts_than_an_index_takes_is_reported_without_being_read_to_its_end()
    {
        var many = new JsonArray([.. Enumerable.Range(0, BodyMentions.MaxDigests + 1).Select(n => (JsonNode?)$"word {n}")]).ToJsonString();
        _mentions.Of(Encoding.UTF8.GetBytes(many), "").ShouldBeNull();
        var few = new JsonArray([.. Enumerable.Range(0, 400).Select(n => (JsonNode?)$"word {n}")]).ToJsonString();
        _mentions.Of(Encoding.UTF8.GetBytes(few), "").ShouldNotBeNull().Length.ShouldBeLessThanOrEqualTo(BodyMentions.MaxDigests);
    }

    private bool IsFound(byte[] body, string country)
    {
        var mentions = _mentions.Of(body, country).ShouldNotBeNull().ToHashSet();
        return mentions.Overlaps(_search.Exact) || (mentions.Overlaps(_search.Similar) && _search.Names(body));
    }

    private static string Body(Random random)
    {
        var texts = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Text(random)).ToList();
        return random.Next(4) switch
        {
            0 => new JsonObject
            {
                ["person"] = new JsonObject { ["x"] = texts[0] },
                ["list"] = new JsonArray([.. texts.Select(text => (JsonNode?)text)]),
            }.ToJsonString(),
            1 => "{\"broken\": [\"" + string.Join("\",\"", texts),
            2 => string.Join('&', texts.Select((text, n) => $"f{n}={text}")),
            _ => new JsonArray([.. texts.Select(text => (JsonNode?)new JsonObject { ["deep"] = new JsonArray(text) })]).ToJsonString(),
        };
    }

    private static string Text(Random random) =>
        random.Next(8) switch
        {
            0 => Pick(random, Email, Email.ToUpperInvariant(), $" {Email} ", Hex(Email.ToLowerInvariant())),
            1 => Pick(random, CustomerId, CustomerId.ToUpperInvariant(), $" {CustomerId}"),
            2 => Pick(
                random,
                Phone,
                "+447700900190",
                "00447700900190",
                "447700900190",
                "(07700) 900-190",
                "7700900190",
                Hex("447700900190")
            ),
            3 => Pick(random, "+12025900190", "0049 30 900190", "900190", "2026-11-29T09:00:19Z"),
            4 => $"someone{random.Next(1000)}@example.com",
            5 => random.NextInt64(1_000_000, 99_999_999_999).ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => Pick(random, "audience_add", "Ännchen", "", "null", "high_intent_cart_7d_v1"),
        };

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Pick(Random random, params string[] texts) => texts[random.Next(texts.Length)];
}
