using AudienceSync.Domain.Identity;
using AudienceSync.Host.Storage.Log;
using AudienceSync.Host.Tests.Storage;

namespace AudienceSync.Host.Tests.People;

/// <summary>
/// A dozen webhooks over three customers, three e-mail addresses and three phone numbers that change hands, with consent given and withdrawn and
/// suppressions made and lifted, and what must come of them.
/// </summary>
internal sealed class PeopleStory
{
    private readonly List<Said> _said = [];
    private readonly int _number;

    public PeopleStory(TestWebhooks webhooks, int number, Random random, int keys = 1)
    {
        _number = number;
        for (var n = random.Next(2, 14); n > 0; n--)
        {
            var names = Enumerable.Range(0, 3).Where(_ => random.Next(2) == 0).Select(kind => AnyName(kind, random)).ToArray();
            _said.Add(Say(webhooks, $"{number}/{n}", names.Length > 0 ? names : [new Name(1, $"e{number}-0")], Told.Any(random, keys)));
        }

        People = new NaivePeople(name => webhooks.Alias((IdentifierKind)(name.Kind + 1), name.Text).Digest.Value);
    }

    public NaivePeople People { get; }

    public IReadOnlyList<Said> Said => _said;

    public IEnumerable<PendingEvent> Events => _said.Select(one => one.Event);

    /// <summary>One of its names, used or not.</summary>
    public Name AnyName(Random random) => AnyName(random.Next(3), random);

    public bool Knows(string address) => _said.Exists(one => one.Names.Any(name => name.Text == address));

    /// <summary>The webhooks in the order in which they came.</summary>
    public string Heard(PendingEvent[] order) => string.Join('\n', _said.OrderBy(one => Array.IndexOf(order, one.Event)));

    /// <summary>What a list at a destination must hold for this story: every address of everybody who is in the audience and may be targeted.</summary>
    public IEnumerable<string> Held(string destination, Demand demand, bool destinationRequiresConsent) =>
        People.All().Where(person => person.IsWantedAt(destination, demand, destinationRequiresConsent)).SelectMany(People.AddressesOf);

    private static Said Say(TestWebhooks webhooks, string id, Name[] names, Told told)
    {
        var texts = names.ToDictionary(name => name.Kind, name => name.Text);
        return new Said(names, told, webhooks.Say(
            id, told.Stored(), told.Time, texts.GetValueOrDefault(0), texts.GetValueOrDefault(1), texts.GetValueOrDefault(2)));
    }

    private Name AnyName(int kind, Random random) => new(kind, $"{"cep"[kind]}{_number}-{random.Next(3)}");
}
