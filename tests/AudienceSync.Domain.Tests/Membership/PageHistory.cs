using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Tests.Membership;

/// <summary>Random events of few people over three keys, of which the last inherits from the first. Ties in time are frequent.</summary>
internal static class PageHistory
{
    public static readonly AudienceKey First = AudienceKey.Of("cart", 1);

    public static readonly AudienceKey Second = AudienceKey.Of("churn", 1);

    public static readonly AudienceKey Successor = AudienceKey.Of("cart", 2);

    private const int People = 8;

    private const int MaxEvents = 60;

    private static readonly DateTimeOffset Start = PageWorld.Now.AddDays(-9);

    /// <param name="published">The position of the event that published the successor.</param>
    public static AudienceKeySet Keys(long published = 0) =>
        new([
            new PublishedKey(1, First, TimeSpan.FromDays(5)),
            new PublishedKey(2, Second, null) { ConsentPolicy = ConsentPolicy.Required },
            new PublishedKey(3, Successor, TimeSpan.FromDays(7))
            {
                InheritsFrom = 1,
                PublishedPos = new Position(published),
                PublishedAt = Start.AddDays(4),
            },
        ]);

    /// <param name="random">The source of the history.</param>
    /// <param name="linksMove">Whether an anchor may get another owner later; then the order of events matters.</param>
    public static List<(PersonId Person, IStoredEvent Event)> Make(Random random, bool linksMove)
    {
        var people = Enumerable.Range(0, random.Next(1, MaxEvents)).Select(_ => random.Next(1, People + 1)).ToList();
        return people.ConvertAll(person => (PageWorld.Person(person), Event(random, person, linksMove)));
    }

    /// <summary>The events in the log, in this order.</summary>
    public static List<LogEvent> Log(IEnumerable<(PersonId Person, IStoredEvent Event)> events) =>
        [.. events.Select((one, n) => Logged(n + 1, one.Person, one.Event))];

    public static LogEvent Logged(long position, PersonId person, IStoredEvent stored) =>
        new(new Position(position), person, EventTypes.AliasOf(stored), EventJson.Write(stored), Start.AddMinutes(10 * position));

    public static DateTimeOffset Day(int day) => Start.AddDays(day);

    // An owner has a lower number, so that links form no circle.
    private static IStoredEvent Event(Random random, int person, bool linksMove) =>
        random.Next(12) switch
        {
            0 when person > 3 => new PersonLinked(PageWorld.Person(linksMove ? random.Next(1, person) : person / 2)),
            1 => new PersonConsentChanged(At(random), "shop", Consent(random)),
            2 when random.Next(3) == 0 => new PersonSuppressed(At(random), "shop", random.Next(2) == 0 ? "meta" : null, null),
            2 => new PersonSuppressionLifted(At(random), "shop", null, null),
            3 => new PersonIdentifiersChanged(2),
            < 8 => new AudienceMemberAdded(Key(random), At(random), "shop", Consent(random), null),
            _ => new AudienceMemberRemoved(Key(random), At(random), "shop", Consent(random), null),
        };

    private static AudienceKey Key(Random random) =>
        random.Next(4) switch
        {
            0 => Second,
            1 => Successor,
            _ => First,
        };

    private static DateTimeOffset At(Random random) => Start.AddHours(random.Next(40) * 5);

    private static Consent Consent(Random random) => new(Answer(random), Answer(random));

    private static ConsentAnswer Answer(Random random) =>
        random.Next(8) switch
        {
            0 => ConsentAnswer.Denied,
            < 4 => ConsentAnswer.Unspecified,
            _ => ConsentAnswer.Granted,
        };
}
