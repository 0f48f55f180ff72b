using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Host.Tests.People;

/// <summary>What one webhook of a story says, beside whom it names: something of an audience, of consent, or of suppression.</summary>
/// <param name="At">Minutes; few, so that many fall on the same.</param>
/// <param name="Add">True an add, false a removal, null neither.</param>
/// <param name="Consent">What it says of consent.</param>
/// <param name="Suppress">True a suppression, false its lifting, null neither.</param>
/// <param name="Destination">Of a suppression: where; null everywhere.</param>
internal sealed record Told(int At, bool? Add, Consent Consent, bool? Suppress, string? Destination)
{
    private static readonly string?[] Places = [null, "main", "elsewhere"];

    public static Told Any(Random random)
    {
        var at = random.Next(9);
        return random.Next(6) switch
        {
            0 => new Told(at, null, Answers(random, unsaid: 1), null, null),
            1 => new Told(at, null, default, random.Next(2) == 0, Places[random.Next(3)]),
            _ => new Told(at, random.Next(5) < 3, random.Next(3) == 0 ? Answers(random, unsaid: 3) : default, null, null),
        };
    }

    public IStoredEvent Stored(AudienceKey key, DateTimeOffset time) => (Add, Suppress) switch
    {
        (true, _) => new AudienceMemberAdded(key, time, "test", Consent, null),
        (false, _) => new AudienceMemberRemoved(key, time, "test", Consent, null),
        (_, true) => new PersonSuppressed(time, "test", Destination, "asked"),
        (_, false) => new PersonSuppressionLifted(time, "test", Destination, null),
        _ => new PersonConsentChanged(time, "test", Consent),
    };

    // Grants are what most people say; a no must be rare, or nobody would ever be on a list.
    private static Consent Answers(Random random, int unsaid) => random.Next(3) == 0
        ? new Consent(Answer(random, unsaid), Answer(random, unsaid))
        : new Consent(ConsentAnswer.Granted, ConsentAnswer.Granted);

    private static ConsentAnswer Answer(Random random, int unsaid) => random.Next(4 + unsaid) switch
    {
        < 3 => ConsentAnswer.Granted,
        3 => ConsentAnswer.Denied,
        _ => ConsentAnswer.Unsaid,
    };
}
