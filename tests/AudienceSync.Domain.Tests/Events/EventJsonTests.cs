using System.Text;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Tests.Events;

public sealed class EventJsonTests
{
    private static readonly AudienceKey Key = AudienceKey.Of("cart", 2);
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Values_that_were_not_sent_are_not_written()
    {
        Text(new AudienceMemberAdded(Key, At, "shop", Consent: default, Context: null))
            .ShouldBe("""{"audienceKey":"cart_v2","occurredAt":"2026-03-01T12:00:00Z","source":"shop"}""");
        Text(new AudienceKeyPublished(Key, WindowS: null, Purpose: null, Owner: null, Definition: null))
            .ShouldBe(
                """{"audienceKey":"cart_v2","matchKeys":["email","phone","customer_id","device_id","details"],"consentPolicy":"assumed","by":"configuration"}"""
            );
    }

    [Fact]
    public void Times_are_written_in_utc()
    {
        var there = new DateTimeOffset(2026, 3, 1, 21, 0, 0, TimeSpan.FromHours(9));
        var json = EventJson.Write(new AudienceMemberRemoved(Key, there, "shop", Consent: default, Context: null));
        var read = EventJson.Read(EventTypes.MemberRemoved, json).ShouldBeOfType<AudienceMemberRemoved>();
        read.OccurredAt.ShouldBe(At);
        read.OccurredAt.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Microseconds_are_preserved()
    {
        var precise = At.AddTicks(1_234_560);
        var json = EventJson.Write(new AudienceMemberAdded(Key, precise, "shop", Consent: default, Context: null));
        EventJson.Read(EventTypes.MemberAdded, json).ShouldBeOfType<AudienceMemberAdded>().OccurredAt.ShouldBe(precise);
    }

    [Fact]
    public void Every_pair_of_consents_is_preserved()
    {
        foreach (var data in Enum.GetValues<ConsentAnswer>())
        {
            foreach (var personalization in Enum.GetValues<ConsentAnswer>())
            {
                var stored = new AudienceMemberAdded(Key, At, "shop", new Consent(data, personalization), Context: null);
                EventJson.Read(EventTypes.MemberAdded, EventJson.Write(stored)).ShouldBe(stored);
            }
        }
    }

    [Fact]
    public void An_explicit_null_is_read_as_not_sent()
    {
        var member = """{"audienceKey":"cart_v2","occurredAt":"2026-03-01T12:00:00Z","source":"shop","consent":null,"context":null}""";
        Read(EventTypes.MemberAdded, member).ShouldBe(new AudienceMemberAdded(Key, At, "shop", Consent: default, Context: null));
        var key = """{"audienceKey":"cart_v2","windowS":null,"purpose":null,"owner":null,"definition":null}""";
        Read(EventTypes.KeyPublished, key)
            .ShouldBe(new AudienceKeyPublished(Key, WindowS: null, Purpose: null, Owner: null, Definition: null));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("größe 日本 😀 \"quoted\" \\ </script>")]
    [InlineData("line\nbreak\ttab")]
    public void Any_text_of_a_context_is_preserved(string text)
    {
        var stored = new AudienceExposureRecorded(Key, At, text, Consent: default, new JourneyContext(text, text, text, text));
        EventJson.Read(EventTypes.ExposureRecorded, EventJson.Write(stored)).ShouldBe(stored);
    }

    [Theory]
    [InlineData("""{"occurredAt":"2026-03-01T12:00:00Z","audienceKey":"Not A Key"}""")]
    [InlineData("""{"occurredAt":"2026-03-01T12:00:00Z","audienceKey":null}""")]
    public void A_stored_event_with_a_broken_key_is_an_error(string json) =>
        Should.Throw<FormatException>(() => Read(EventTypes.MemberAdded, json));

    private static string Text(IStoredEvent stored) => Encoding.UTF8.GetString(EventJson.Write(stored));

    private static IStoredEvent Read(string alias, string json) => EventJson.Read(alias, Encoding.UTF8.GetBytes(json));
}
