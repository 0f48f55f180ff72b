using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.People;

/// <summary>
/// A dozen webhooks with three customers, three email addresses and three phone numbers that move between people, with consent given and
/// withdrawn and suppressions set and lifted, and their expected result.
/// </summary>
internal sealed class PeopleStory
{
    private readonly List<StoryEvent> _events = [];
    private readonly int _number;

    public PeopleStory(TestWebhooks webhooks, int number, Random random, int keys = 1)
    {
        _number = number;
        for (var n = random.Next(2, 14); n > 0; n--)
        {
            var names = Enumerable.Range(0, 3).Where(_ => random.Next(2) == 0).Select(kind => RandomName(kind, random)).ToArray();
            _events.Add(
                Event(webhooks, $"{number}/{n}", names.Length > 0 ? names : [new Name(1, $"e{number}-0")], StoryFact.Generate(random, keys))
            );
        }

        People = new NaivePeople(name => webhooks.Alias((IdentifierKind)(name.Kind + 1), name.Text).Digest.Value);
    }

    public NaivePeople People { get; }

    public IReadOnlyList<StoryEvent> StoryEvents => _events;

    public IEnumerable<PendingEvent> Events => _events.Select(one => one.Event);

    /// <summary>One of the names of the story, used or not.</summary>
    public Name RandomName(Random random) => RandomName(random.Next(3), random);

    public bool HasAddress(string address) => _events.Exists(one => one.Names.Any(name => name.Text == address));

    /// <summary>The webhooks in their order of arrival.</summary>
    public string DescribeInOrder(PendingEvent[] order) => string.Join('\n', _events.OrderBy(one => Array.IndexOf(order, one.Event)));

    /// <summary>
    /// The addresses that a list at a destination must hold for this story: those of everyone who is in the audience and may be targeted.
    /// </summary>
    public IEnumerable<string> Held(string destination, Demand demand, bool destinationRequiresConsent) =>
        People.All().Where(person => person.IsWantedAt(destination, demand, destinationRequiresConsent)).SelectMany(People.AddressesOf);

    private static StoryEvent Event(TestWebhooks webhooks, string id, Name[] names, StoryFact fact)
    {
        var texts = names.ToDictionary(name => name.Kind, name => name.Text);
        return new StoryEvent(
            names,
            fact,
            webhooks.Event(id, fact.Stored(), fact.Time, texts.GetValueOrDefault(0), texts.GetValueOrDefault(1), texts.GetValueOrDefault(2))
        );
    }

    private Name RandomName(int kind, Random random) => new(kind, $"{"cep"[kind]}{_number}-{random.Next(3)}");
}
