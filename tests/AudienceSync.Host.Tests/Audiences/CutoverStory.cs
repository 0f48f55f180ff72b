using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>One event of a person, said to one version.</summary>
internal sealed record Spoken(int Version, string Person, bool Add, DateTimeOffset At)
{
    public string Json(string id) => new JsonObject
    {
        ["event"] = Add ? "audience_add" : "audience_remove",
        ["event_id"] = id,
        ["audience_key"] = $"{RegistryStage.Audience}_v{Version}",
        ["occurred_at"] = At.ToString("O"),
        ["person"] = new JsonObject { ["email"] = EmailOf(Person) },
    }.ToJsonString();

    public static string EmailOf(string person) => person + "@example.com";

    public static string DigestOf(string person) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(EmailOf(person))));
}

/// <summary>
/// What is said during a cutover, and who must be in which version by it, reckoned from nothing. Movers come and go all the time. Those who stay are told
/// their part once, and differ in every way in which two versions can differ.
/// </summary>
internal sealed class CutoverStory(DateTimeOffset start, bool inherits)
{
    public const int StayersOfAKind = 60;

    private const int Movers = 1_500;

    // The first version's window is 7 days, the second's 14.
    private static readonly TimeSpan[] Windows = [TimeSpan.FromDays(7), TimeSpan.FromDays(14)];

    private readonly List<Spoken> _sent = [];

    public IReadOnlyList<Spoken> Sent => _sent;

    public static IReadOnlyList<string> Stayers { get; } =
        [.. "abcdefg".SelectMany(kind => Enumerable.Range(0, StayersOfAKind).Select(n => $"stays-{kind}{n}"))];

    public static IEnumerable<string> Everybody => Stayers.Concat(Enumerable.Range(0, Movers).Select(Mover));

    /// <summary>What those who stay are told before there is a second version.</summary>
    public IEnumerable<Spoken> Before() => Stayers.SelectMany(person => KindOf(person) switch
    {
        'a' or 'c' or 'd' => [Webhook(1, person, add: true, 0)],
        'e' => [Webhook(1, person, add: false, 2)],
        'f' => [Webhook(1, person, add: true, 2)],
        'g' => [new Spoken(1, person, Add: true, start.AddDays(-10))],
        _ => Array.Empty<Spoken>(),
    });

    /// <summary>And what they are told of the second. A remove comes before the add it outweighs, so that nobody is in for a moment.</summary>
    public IEnumerable<Spoken> Afterwards() => Stayers.SelectMany(person => KindOf(person) switch
    {
        'b' or 'c' => [Webhook(2, person, add: true, 1)],
        'd' => [Webhook(2, person, add: false, 1)],
        'e' => [Webhook(2, person, add: true, 1)],
        'f' => [Webhook(2, person, add: false, 3), Webhook(2, person, add: true, 1)],
        _ => Array.Empty<Spoken>(),
    });

    public static Spoken Move(Random random, int versions, DateTimeOffset now) =>
        new(random.Next(versions) + 1, Mover(random.Next(Movers)), random.Next(5) < 3, now.AddSeconds(-random.Next(600)));

    /// <summary>Takes what a Host has accepted.</summary>
    public void Accept(IEnumerable<Spoken> sent)
    {
        lock (_sent)
        {
            _sent.AddRange(sent);
        }
    }

    /// <summary>Who is in a version: of all that counts for it the latest add is later than the latest remove, and its window is open.</summary>
    public HashSet<string> In(int version, DateTimeOffset now)
    {
        Spoken[] sent;
        lock (_sent)
        {
            sent = [.. _sent];
        }

        var members = new HashSet<string>(StringComparer.Ordinal);
        foreach (var person in sent.Where(one => one.Version == version || (inherits && version == 2)).GroupBy(one => one.Person, StringComparer.Ordinal))
        {
            var added = person.Where(one => one.Add).Max(one => (DateTimeOffset?)one.At);
            var removed = person.Where(one => !one.Add).Max(one => (DateTimeOffset?)one.At);
            if (added is { } since && !(removed >= since) && since + Windows[version - 1] > now)
            {
                members.Add(person.Key);
            }
        }

        return members;
    }

    private static char KindOf(string person) => person["stays-".Length];

    private static string Mover(int number) => $"moves-{number}";

    private Spoken Webhook(int version, string person, bool add, int second) => new(version, person, add, start.AddHours(-1).AddSeconds(second));
}
