using AudienceSync.Domain.Identity;
using AudienceSync.Host.Storage.Log;
using AudienceSync.Host.Tests.Storage;

namespace AudienceSync.Host.Tests.People;

/// <summary>
/// A dozen webhooks over three customers, three e-mail addresses and three phone numbers that change hands, and what must come of them, reckoned
/// from the list of what was said alone: no rows, no links, no order of arrival.
/// </summary>
internal sealed class PeopleStory
{
    private readonly List<(string?[] Names, int At, bool Add, PendingEvent Event)> _said = [];

    public PeopleStory(TestWebhooks webhooks, int number, Random random)
    {
        for (var n = random.Next(2, 14); n > 0; n--)
        {
            var names = new[] { Name(random, $"c{number}-"), Name(random, $"e{number}-"), Name(random, $"p{number}-") };
            if (names.All(name => name is null))
            {
                names[1] = $"e{number}-0";
            }

            var (at, add) = (random.Next(9), random.Next(5) < 3);
            var time = TestWorkspace.Start.AddMinutes(at - 60);
            var pending = add
                ? webhooks.Add($"{number}/{n}", time, names[0], names[1], names[2])
                : webhooks.Remove($"{number}/{n}", time, names[0], names[1], names[2]);
            _said.Add((names, at, add, pending));
        }

        Digests = names => Array.FindIndex(names, name => name is not null) is var kind
            ? webhooks.Alias((IdentifierKind)(kind + 1), names[kind]!).Digest.Value
            : default;
    }

    public IEnumerable<PendingEvent> Events => _said.Select(one => one.Event);

    public bool Knows(string address) => _said.Exists(one => one.Names.Contains(address, StringComparer.Ordinal));

    /// <summary>The webhooks in the order in which they came.</summary>
    public string Told(PendingEvent[] order) => string.Join(
        '\n', _said.OrderBy(one => Array.IndexOf(order, one.Event)).Select(one => $"{one.At} {(one.Add ? "add" : "remove")} {string.Join(' ', one.Names)}"));

    private Func<string?[], Guid> Digests { get; }

    /// <summary>What a platform's list must hold for this story: every address of everybody who is present.</summary>
    public IEnumerable<string> Held()
    {
        foreach (var person in _said.GroupBy(one => RootOf(Anchor(one.Names))))
        {
            var added = person.Where(one => one.Add).Select(one => (int?)one.At).Max();
            var removed = person.Where(one => !one.Add).Select(one => (int?)one.At).Max();
            if (added is null || removed >= added)
            {
                continue;
            }

            foreach (var kind in new[] { 1, 2 })
            {
                var current = person.Where(one => one.Names[kind] is { } address && RootOf((kind, address)) == person.Key)
                    .OrderByDescending(one => one.At).ThenByDescending(one => Digests(Only(one.Names, kind))).Select(one => one.Names[kind]).FirstOrDefault();
                if (current is not null)
                {
                    yield return current;
                }
            }
        }
    }

    private (int Kind, string Name) RootOf((int Kind, string Name) alias)
    {
        var claims = _said.Where(one => Anchor(one.Names) != alias && one.Names[alias.Kind] == alias.Name).ToList();
        return claims.Count == 0
            ? alias
            : RootOf(Anchor(claims.OrderBy(one => Anchor(one.Names).Kind).ThenByDescending(one => one.At).ThenByDescending(one => Digests(one.Names)).First().Names));
    }

    private static (int Kind, string Name) Anchor(string?[] names) =>
        Array.FindIndex(names, name => name is not null) is var kind ? (kind, names[kind]!) : default;

    private static string?[] Only(string?[] names, int kind) => [.. names.Select((name, n) => n == kind ? name : null)];

    private static string? Name(Random random, string prefix) => random.Next(2) == 0 ? $"{prefix}{random.Next(3)}" : null;
}
