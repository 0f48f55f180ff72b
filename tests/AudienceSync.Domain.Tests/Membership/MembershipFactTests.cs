using System.Text;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Tests.Membership;

public sealed class MembershipFactTests
{
    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 3, 1, 12, 30, 15, TimeSpan.Zero).AddTicks(1_234_560);

    private static readonly string[] Properties =
    [
        """ "audienceKey":"cart_7d_v2" """,
        """ "occurredAt":"2026-03-01T12:30:15.123456Z" """,
        """ "source": "shop" """,
        """ "context": {"audienceKey":"other_v9","occurredAt":"1999-01-01T00:00:00Z","deeper":[{"audienceKey":"x_v1"},[1,[2]]]} """,
        """ "later": [{"occurredAt":null}, "audienceKey", {"a":{"b":{"c":[]}}}] """,
    ];

    [Fact]
    public void A_fact_is_read_whatever_the_order_of_the_properties_and_whatever_else_is_nested_between_them()
    {
        var names = new KeyNames();
        foreach (var order in Orders(Properties))
        {
            var json = "{" + string.Join(',', order) + "}";
            Read(EventTypes.MemberAdded, json, names).ShouldBe(new MembershipFact(FactKind.Added, "cart_7d_v2", At), json);
        }
    }

    [Theory]
    [InlineData(EventTypes.MemberAdded, FactKind.Added)]
    [InlineData(EventTypes.MemberRemoved, FactKind.Removed)]
    public void The_alias_decides_the_kind(string alias, FactKind kind) =>
        Read(alias, Minimal).ShouldBe(new MembershipFact(kind, "a_v1", At));

    [Theory]
    [InlineData(EventTypes.ExposureRecorded)]
    [InlineData(EventTypes.IdentifiersChanged)]
    [InlineData(EventTypes.KeyPublished)]
    [InlineData("some_event_of_tomorrow")]
    public void Other_events_do_not_affect_membership(string alias) =>
        MembershipFact.TryRead(alias, Encoding.UTF8.GetBytes(Minimal), new KeyNames(), out _).ShouldBeFalse();

    [Fact]
    public void The_fold_reads_what_the_engine_writes()
    {
        foreach (var stated in GoldenEvents.All.OfType<IAudienceEvent>().Where(e => e is not AudienceExposureRecorded))
        {
            var fact = Read(EventTypes.AliasOf(stated), Encoding.UTF8.GetString(EventJson.Write(stated)));
            fact.AudienceKey.ShouldBe(stated.AudienceKey.Value);
            fact.OccurredAt.ShouldBe(stated.OccurredAt);
        }
    }

    [Fact]
    public void An_escaped_key_is_the_same_key() =>
        Read(EventTypes.MemberAdded, Minimal.Replace("a_v1", "\\u0061_v1")).AudienceKey.ShouldBe("a_v1");

    [Theory]
    [InlineData("""{"occurredAt":"2026-03-01T12:30:15.123456Z"}""")]
    [InlineData("""{"audienceKey":"a_v1"}""")]
    [InlineData("""{"audienceKey":null,"occurredAt":"2026-03-01T12:30:15.123456Z"}""")]
    [InlineData("""{"audienceKey":7,"occurredAt":"2026-03-01T12:30:15.123456Z"}""")]
    [InlineData("""{"audienceKey":"a_v1","occurredAt":"yesterday"}""")]
    [InlineData("[]")]
    public void A_stored_event_without_its_key_or_time_is_an_error_and_not_a_guess(string json) =>
        Should.Throw<FormatException>(() => Read(EventTypes.MemberAdded, json));

    [Fact]
    public void A_fact_read_from_its_parts_equals_the_fact_read_from_the_whole_event()
    {
        foreach (
            var time in (string[])["2026-03-01T12:30:15.123456Z", "2026-03-01T13:30:15.123456+01:00", "2026-03-01T12:30:15Z", "2026-03-01"]
        )
        {
            var whole = Read(EventTypes.MemberRemoved, $$"""{"audienceKey":"a_v1","occurredAt":"{{time}}"}""");
            Of("a_v1", time).ShouldBe(whole, time);
        }
    }

    [Theory]
    [InlineData("", "2026-03-01T12:30:15.123456Z")]
    [InlineData("a_v1", "")]
    [InlineData("a_v1", "yesterday")]
    [InlineData("a_v1", "1772368215")]
    [InlineData("a_v1", "2026-03-01T12:30:15Z\",\"x\":\"")]
    [InlineData("a_v1", "2026-03-01T12:30:15.00000000000000000000000000000000000000000000000000Z")]
    public void Invalid_parts_are_an_error(string key, string time) => Should.Throw<FormatException>(() => Of(key, time));

    private static MembershipFact Of(string key, string time) =>
        MembershipFact.Of(EventTypes.MemberRemoved, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(time), new KeyNames());

    private const string Minimal = """{"audienceKey":"a_v1","occurredAt":"2026-03-01T12:30:15.123456Z"}""";

    private static MembershipFact Read(string alias, string json, KeyNames? names = null)
    {
        MembershipFact.TryRead(alias, Encoding.UTF8.GetBytes(json), names ?? new KeyNames(), out var fact).ShouldBeTrue();
        return fact;
    }

    private static IEnumerable<string[]> Orders(string[] items) =>
        items.Length == 0
            ?
            [
                [],
            ]
            : items.SelectMany(first =>
                Orders([.. items.Where(i => !ReferenceEquals(i, first))]).Select(rest => (string[])[first, .. rest])
            );
}
