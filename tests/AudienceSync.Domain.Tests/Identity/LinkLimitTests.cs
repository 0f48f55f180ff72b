using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

public sealed class LinkLimitTests
{
    private const int Day = 24 * 60 * 60;

    private static readonly LinkLimit Limit = LinkLimit.Default;

    [Fact]
    public void Twenty_emails_of_a_day_link_and_the_next_new_one_does_not()
    {
        var known = Known(20, index => index);
        Limit.Exceeded(known, Said.Webhook(100, Said.Customer(1), Said.Email(20))).ShouldBe(IdentifierKind.Email);
        Limit.Exceeded(Known(19, index => index), Said.Webhook(100, Said.Customer(1), Said.Email(20))).ShouldBeNull();
    }

    [Fact]
    public void One_of_them_again_links_and_so_does_a_phone()
    {
        var known = Known(20, index => index);
        Limit.Exceeded(known, Said.Webhook(100, Said.Customer(1), Said.Email(7))).ShouldBeNull();
        Limit.Exceeded(known, Said.Webhook(100, Said.Customer(1), Said.Phone(50))).ShouldBeNull();
        LinkLimit.ClaimsNew(known, Said.Webhook(100, Said.Customer(1), Said.Email(7))).ShouldBeFalse();
        LinkLimit.ClaimsNew(known, Said.Webhook(100, Said.Customer(1), Said.Email(7), Said.Phone(50))).ShouldBeTrue();
    }

    [Fact]
    public void Emails_of_other_days_do_not_count()
    {
        var known = Known(40, index => index * 2 * Day / 3);
        Limit.Exceeded(known, Said.Webhook(80 * Day, Said.Customer(1), Said.Email(99))).ShouldBeNull();
        Limit.Exceeded(known, Said.Webhook(10 * Day, Said.Customer(1), Said.Email(99))).ShouldBeNull("three of forty are within a day of it");
    }

    /// <summary>Whatever the order, what is beyond the limit is beyond it, and nothing below is.</summary>
    [Fact]
    public void The_limit_is_a_count_of_distinct_addresses_around_the_events_time()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var known = new Sayings();
            var claims = Enumerable.Range(0, random.Next(1, 45))
                .Select(_ => (Second: random.Next(0, 3 * Day), Kind: random.Next(2) == 0 ? IdentifierKind.Email : IdentifierKind.Phone, Number: random.Next(0, 60)))
                .ToList();
            foreach (var (second, kind, number) in claims)
            {
                var claim = Said.Webhook(second, Said.Customer(1), Said.Of(kind, number));
                var around = known.Addresses.Count(address => address.Address.Kind == kind && Math.Abs((address.At - Said.At(second)).TotalSeconds) < Day);
                var isNew = known.Addresses.All(address => address.Address != Said.Of(kind, number));
                Limit.Exceeded(known, claim).ShouldBe(isNew && around >= 20 ? kind : null, $"seed {seed}, round {round}");
                known.Say(claim);
            }
        }
    }

    [Fact]
    public void What_adds_or_permits_waits_and_what_takes_away_never_does()
    {
        var at = Said.At(1);
        var key = AudienceSync.Domain.Audiences.AudienceKey.Of("k", 1);
        MustWait(new AudienceMemberAdded(key, at, "s", default, null)).ShouldBeTrue();
        MustWait(new PersonSuppressionLifted(at, "s", null, null)).ShouldBeTrue();
        MustWait(new PersonConsentChanged(at, "s", new Consent(ConsentAnswer.Granted, ConsentAnswer.Granted))).ShouldBeTrue();
        MustWait(new AudienceMemberRemoved(key, at, "s", new Consent(ConsentAnswer.Granted, ConsentAnswer.Unsaid), null)).ShouldBeFalse();
        MustWait(new PersonSuppressed(at, "s", null, null)).ShouldBeFalse();
        MustWait(new PersonConsentChanged(at, "s", new Consent(ConsentAnswer.Granted, ConsentAnswer.Denied))).ShouldBeFalse();
        MustWait(new AudienceExposureRecorded(key, at, "s", default, null)).ShouldBeFalse();
    }

    private static bool MustWait(IStoredEvent stored) => LinkLimit.MustWait(EventTypes.AliasOf(stored), EventJson.Write(stored));

    private static Sayings Known(int emails, Func<int, int> second)
    {
        var known = new Sayings();
        for (var index = 0; index < emails; index++)
        {
            known.Say(Said.Webhook(second(index), Said.Customer(1), Said.Email(index)));
        }

        return known;
    }
}
