using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Tests.Storage;

namespace AudienceSync.Host.Tests.People;

/// <summary>What one webhook of a story says, beside whom it names: something of an audience, of consent, or of suppression.</summary>
/// <param name="At">Minutes; few, so that many fall on the same.</param>
/// <param name="Add">True an add, false a removal, null neither.</param>
/// <param name="Consent">What it says of consent.</param>
/// <param name="Suppress">True a suppression, false its lifting, null neither.</param>
/// <param name="Destination">Of a suppression: where; null everywhere.</param>
/// <param name="Key">Of an audience: the number of its key.</param>
internal sealed record StoryFact(int At, bool? Add, Consent Consent, bool? Suppress, string? Destination, int Key = 0)
{
    /// <summary>When it was said, as the sender tells it.</summary>
    public DateTimeOffset Time => TestWorkspace.Start.AddMinutes(At - 60);

    private static readonly string?[] Places = [null, "main", "elsewhere"];

    /// <param name="random">Chance.</param>
    /// <param name="keys">How many keys there are.</param>
    public static StoryFact Any(Random random, int keys)
    {
        var at = random.Next(9);
        return random.Next(6) switch
        {
            0 => new StoryFact(at, null, Answers(random, unsaid: 1), null, null),
            1 => new StoryFact(at, null, default, random.Next(2) == 0, Places[random.Next(3)]),
            _ => new StoryFact(at, random.Next(5) < 3, random.Next(3) == 0 ? Answers(random, unsaid: 3) : default, null, null, random.Next(keys)),
        };
    }

    public IStoredEvent Stored() => (Add, Suppress) switch
    {
        (true, _) => new AudienceMemberAdded(AudienceKey.Of($"k{Key}", 1), Time, "test", Consent, null),
        (false, _) => new AudienceMemberRemoved(AudienceKey.Of($"k{Key}", 1), Time, "test", Consent, null),
        (_, true) => new PersonSuppressed(Time, "test", Destination, "asked"),
        (_, false) => new PersonSuppressionLifted(Time, "test", Destination, null),
        _ => new PersonConsentChanged(Time, "test", Consent),
    };

    // Grants are what most people say; a no must be rare, or nobody would ever be on a list.
    private static Consent Answers(Random random, int unsaid) => random.Next(3) == 0
        ? new Consent(Answer(random, unsaid), Answer(random, unsaid))
        : new Consent(ConsentAnswer.Granted, ConsentAnswer.Granted);

    private static ConsentAnswer Answer(Random random, int unsaid) => random.Next(4 + unsaid) switch
    {
        < 3 => ConsentAnswer.Granted,
        3 => ConsentAnswer.Denied,
        _ => ConsentAnswer.Unspecified,
    };
}
