using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>One event of a person, sent for one version.</summary>
internal sealed record SentEvent(int Version, string Person, bool Add, DateTimeOffset At)
{
    public string Json(string id) =>
        new JsonObject
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
/// The events that are sent during a cutover, and who must be in which version because of them, computed from the events alone. Movers come
/// and go all the time. Stayers get their events once, and differ in every way in which two versions can differ.
/// </summary>
internal sealed class CutoverStory(DateTimeOffset start, bool inherits)
{
    public const int StayersOfAKind = 60;

    private const int Movers = 1_500;

    // The window of the first version is 7 days, that of the second 14.
    private static readonly TimeSpan[] Windows = [TimeSpan.FromDays(7), TimeSpan.FromDays(14)];

    private readonly List<SentEvent> _sent = [];

    public IReadOnlyList<SentEvent> Sent => _sent;

    public static IReadOnlyList<string> Stayers { get; } =
    [.. "abcdefg".SelectMany(kind => Enumerable.Range(0, StayersOfAKind).Select(n => $"stays-{kind}{n}"))];

    public static IEnumerable<string> AllPeople => Stayers.Concat(Enumerable.Range(0, Movers).Select(Mover));

    /// <summary>The events of the stayers before there is a second version.</summary>
    public IEnumerable<SentEvent> Before() =>
        Stayers.SelectMany(person =>
            KindOf(person) switch
            {
                'a' or 'c' or 'd' => [Webhook(1, person, add: true, 0)],
                'e' => [Webhook(1, person, add: false, 2)],
                'f' => [Webhook(1, person, add: true, 2)],
                'g' => [new SentEvent(1, person, Add: true, start.AddDays(-10))],
                _ => Array.Empty<SentEvent>(),
            }
        );

    /// <summary>
    /// The events of the stayers for the second version. A remove precedes the add that it outweighs, so that no one is a member in
    /// between.
    /// </summary>
    public IEnumerable<SentEvent> Afterwards() =>
        Stayers.SelectMany(person =>
            KindOf(person) switch
            {
                'b' or 'c' => [Webhook(2, person, add: true, 1)],
                'd' => [Webhook(2, person, add: false, 1)],
                'e' => [Webhook(2, person, add: true, 1)],
                'f' => [Webhook(2, person, add: false, 3), Webhook(2, person, add: true, 1)],
                _ => Array.Empty<SentEvent>(),
            }
        );

    public static SentEvent Move(Random random, int versions, DateTimeOffset now) =>
        new(random.Next(versions) + 1, Mover(random.Next(Movers)), random.Next(5) < 3, now.AddSeconds(-random.Next(600)));

    /// <summary>Records events that a Host has accepted.</summary>
    public void Accept(IEnumerable<SentEvent> sent)
    {
        lock (_sent)
        {
            _sent.AddRange(sent);
        }
    }

    /// <summary>
    /// The members of a version: of all events that count for it, the latest add is later than the latest remove, and its window is open.
    /// </summary>
    public HashSet<string> In(int version, DateTimeOffset now)
    {
        SentEvent[] sent;
        lock (_sent)
        {
            sent = [.. _sent];
        }

        var members = new HashSet<string>(StringComparer.Ordinal);
        foreach (
            var person in sent.Where(one => one.Version == version || (inherits && version == 2))
                .GroupBy(one => one.Person, StringComparer.Ordinal)
        )
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

    private SentEvent Webhook(int version, string person, bool add, int second) =>
        new(version, person, add, start.AddHours(-1).AddSeconds(second));
}
