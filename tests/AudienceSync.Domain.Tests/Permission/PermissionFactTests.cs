using System.Text;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Tests.Permission;

public sealed class PermissionFactTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 30, 15, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"adUserData": "granted", "adPersonalization": "granted"}""")]
    [InlineData("""{"adUserData":"granted","adPersonalization":"granted"}""")]
    [InlineData("""{"adPersonalization": "granted", "adUserData": "granted"}""")]
    [InlineData("""{"adUserData": "denied", "adPersonalization": "granted"}""")]
    [InlineData("""{"adUserData": "denied"}""")]
    [InlineData("""{"adUserData": "perhaps", "later": {"adPersonalization": "denied"}}""")]
    [InlineData("{}")]
    [InlineData("null")]
    public void Reading_the_consent_alone_gives_the_same_facts_as_reading_the_whole_event(string consent)
    {
        var whole = new List<PermissionFact>();
        PermissionFact.Read(
            EventTypes.MemberAdded,
            Encoding.UTF8.GetBytes($$"""{"audienceKey":"a_v1","occurredAt":"2026-03-01T12:30:15Z","consent":{{consent}}}"""),
            whole
        );
        var alone = new List<PermissionFact>();
        PermissionFact.ReadConsent(Encoding.UTF8.GetBytes(consent), At, alone);

        alone.ShouldBe(whole);
    }

    [Fact]
    public void The_most_frequent_consent_gives_two_yes_answers()
    {
        var facts = new List<PermissionFact>();
        PermissionFact.ReadConsent("""{"adUserData": "granted", "adPersonalization": "granted"}"""u8, At, facts);

        facts.ShouldBe([
            new PermissionFact(PermissionTopic.UserData, null, Yes: true, At),
            new PermissionFact(PermissionTopic.Personalization, null, Yes: true, At),
        ]);
    }
}
