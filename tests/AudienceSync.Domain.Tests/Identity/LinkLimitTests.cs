using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Identity;

public sealed class LinkLimitTests(ITestOutputHelper output)
{
    private const int Day = 24 * 60 * 60;

    private static readonly LinkLimit Limit = LinkLimit.Default;

    [Fact]
    public void Twenty_emails_within_a_day_link_and_the_next_new_one_does_not()
    {
        var known = Known(20, index => index);
        Limit.Exceeded(known, Claims.Webhook(100, Claims.Customer(1), Claims.Email(20))).ShouldBe(IdentifierKind.Email);
        Limit.Exceeded(Known(19, index => index), Claims.Webhook(100, Claims.Customer(1), Claims.Email(20))).ShouldBeNull();
    }

    [Fact]
    public void A_repeated_email_links_and_so_does_a_phone()
    {
        var known = Known(20, index => index);
        Limit.Exceeded(known, Claims.Webhook(100, Claims.Customer(1), Claims.Email(7))).ShouldBeNull();
        Limit.Exceeded(known, Claims.Webhook(100, Claims.Customer(1), Claims.Phone(50))).ShouldBeNull();
        LinkLimit.ClaimsNew(known, Claims.Webhook(100, Claims.Customer(1), Claims.Email(7))).ShouldBeFalse();
        LinkLimit.ClaimsNew(known, Claims.Webhook(100, Claims.Customer(1), Claims.Email(7), Claims.Phone(50))).ShouldBeTrue();
    }

    [Fact]
    public void Emails_of_other_days_do_not_count()
    {
        var known = Known(40, index => index * 2 * Day / 3);
        Limit.Exceeded(known, Claims.Webhook(80 * Day, Claims.Customer(1), Claims.Email(99))).ShouldBeNull();
        Limit
            .Exceeded(known, Claims.Webhook(10 * Day, Claims.Customer(1), Claims.Email(99)))
            .ShouldBeNull("three of forty are within a day of it");
    }

    /// <summary>Independent of the order, everything beyond the limit is refused, and nothing below it is.</summary>
    [Fact]
    public void The_limit_is_a_count_of_distinct_addresses_around_the_events_time()
    {
        var random = Seeds.Of(output, 20261204);
        for (var round = 0; round < 300; round++)
        {
            var known = new IdentifierClaims();
            var claims = Enumerable
                .Range(0, random.Next(1, 45))
                .Select(_ =>
                    (
                        Second: random.Next(0, 3 * Day),
                        Kind: random.Next(2) == 0 ? IdentifierKind.Email : IdentifierKind.Phone,
                        Number: random.Next(0, 60)
                    )
                )
                .ToList();
            foreach (var (second, kind, number) in claims)
            {
                var claim = Claims.Webhook(second, Claims.Customer(1), Claims.Of(kind, number));
                var around = known.Addresses.Count(address =>
                    address.Address.Kind == kind && Math.Abs((address.At - Claims.At(second)).TotalSeconds) < Day
                );
                var isNew = known.Addresses.All(address => address.Address != Claims.Of(kind, number));
                Limit.Exceeded(known, claim).ShouldBe(isNew && around >= 20 ? kind : null, $"round {round}");
                known.Add(claim);
            }
        }
    }

    [Fact]
    public void Adds_and_permissions_wait_but_removals_and_withdrawals_never_do()
    {
        var at = Claims.At(1);
        var key = AudienceSync.Domain.Audiences.AudienceKey.Of("k", 1);
        MustWait(new AudienceMemberAdded(key, at, "s", default, null)).ShouldBeTrue();
        MustWait(new PersonSuppressionLifted(at, "s", null, null)).ShouldBeTrue();
        MustWait(new PersonConsentChanged(at, "s", new Consent(ConsentAnswer.Granted, ConsentAnswer.Granted))).ShouldBeTrue();
        MustWait(new AudienceMemberRemoved(key, at, "s", new Consent(ConsentAnswer.Granted, ConsentAnswer.Unspecified), null))
            .ShouldBeFalse();
        MustWait(new PersonSuppressed(at, "s", null, null)).ShouldBeFalse();
        MustWait(new PersonConsentChanged(at, "s", new Consent(ConsentAnswer.Granted, ConsentAnswer.Denied))).ShouldBeFalse();
        MustWait(new AudienceExposureRecorded(key, at, "s", default, null)).ShouldBeFalse();
    }

    private static bool MustWait(IStoredEvent stored) => LinkLimit.MustWait(EventTypes.AliasOf(stored), EventJson.Write(stored));

    private static IdentifierClaims Known(int emails, Func<int, int> second)
    {
        var known = new IdentifierClaims();
        for (var index = 0; index < emails; index++)
        {
            known.Add(Claims.Webhook(second(index), Claims.Customer(1), Claims.Email(index)));
        }

        return known;
    }
}
