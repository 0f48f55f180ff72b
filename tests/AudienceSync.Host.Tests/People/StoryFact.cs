using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.People;

/// <summary>What one webhook of a story states, other than the names: membership in an audience, consent, or suppression.</summary>
/// <param name="At">Minutes; few values, so that many coincide.</param>
/// <param name="Add">True for an add, false for a removal, null for neither.</param>
/// <param name="Consent">The consent it states.</param>
/// <param name="Suppress">True for a suppression, false for lifting one, null for neither.</param>
/// <param name="Destination">Of a suppression: where it applies; null for everywhere.</param>
/// <param name="Key">Of an audience: number of its key.</param>
internal sealed record StoryFact(int At, bool? Add, Consent Consent, bool? Suppress, string? Destination, int Key = 0)
{
    /// <summary>The time of the event, as sent.</summary>
    public DateTimeOffset Time => TestWorkspace.Start.AddMinutes(At - 60);

    private static readonly string?[] Places = [null, "main", "elsewhere"];

    /// <param name="random">Source of randomness.</param>
    /// <param name="keys">Number of keys.</param>
    public static StoryFact Generate(Random random, int keys)
    {
        var at = random.Next(9);
        return random.Next(6) switch
        {
            0 => new StoryFact(at, null, Answers(random, unspecified: 1), null, null),
            1 => new StoryFact(at, null, default, random.Next(2) == 0, Places[random.Next(3)]),
            _ => new StoryFact(
                at,
                random.Next(5) < 3,
                random.Next(3) == 0 ? Answers(random, unspecified: 3) : default,
                null,
                null,
                random.Next(keys)
            ),
        };
    }

    public IStoredEvent Stored() =>
        (Add, Suppress) switch
        {
            (true, _) => new AudienceMemberAdded(AudienceKey.Of($"k{Key}", 1), Time, "test", Consent, null),
            (false, _) => new AudienceMemberRemoved(AudienceKey.Of($"k{Key}", 1), Time, "test", Consent, null),
            (_, true) => new PersonSuppressed(Time, "test", Destination, "asked"),
            (_, false) => new PersonSuppressionLifted(Time, "test", Destination, null),
            _ => new PersonConsentChanged(Time, "test", Consent),
        };

    // Most answers are grants; denials must be rare, otherwise no one would ever be on a list.
    private static Consent Answers(Random random, int unspecified) =>
        random.Next(3) == 0
            ? new Consent(Answer(random, unspecified), Answer(random, unspecified))
            : new Consent(ConsentAnswer.Granted, ConsentAnswer.Granted);

    private static ConsentAnswer Answer(Random random, int unspecified) =>
        random.Next(4 + unspecified) switch
        {
            < 3 => ConsentAnswer.Granted,
            3 => ConsentAnswer.Denied,
            _ => ConsentAnswer.Unspecified,
        };
}
