using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Storage.Log;
using AudienceSync.Host.Tests.Storage;

namespace AudienceSync.Host.Tests.People;

/// <summary>
/// A dozen webhooks over three customers, three e-mail addresses and three phone numbers that change hands, with consent given and withdrawn and
/// suppressions made and lifted, and what must come of them, reckoned from the list of what was said alone: no rows, no links, no order of arrival.
/// </summary>
internal sealed class PeopleStory
{
    private readonly List<(string?[] Names, Told Told, PendingEvent Event)> _said = [];

    public PeopleStory(TestWebhooks webhooks, int number, Random random)
    {
        for (var n = random.Next(2, 14); n > 0; n--)
        {
            var names = new[] { Name(random, $"c{number}-"), Name(random, $"e{number}-"), Name(random, $"p{number}-") };
            if (names.All(name => name is null))
            {
                names[1] = $"e{number}-0";
            }

            var told = Told.Any(random);
            var time = TestWorkspace.Start.AddMinutes(told.At - 60);
            _said.Add((names, told, webhooks.Say($"{number}/{n}", told.Stored(AudienceKey.Of("k0", 1), time), time, names[0], names[1], names[2])));
        }

        Digests = names => Array.FindIndex(names, name => name is not null) is var kind
            ? webhooks.Alias((IdentifierKind)(kind + 1), names[kind]!).Digest.Value
            : default;
    }

    public IEnumerable<PendingEvent> Events => _said.Select(one => one.Event);

    public bool Knows(string address) => _said.Exists(one => one.Names.Contains(address, StringComparer.Ordinal));

    /// <summary>The webhooks in the order in which they came.</summary>
    public string Heard(PendingEvent[] order) => string.Join(
        '\n', _said.OrderBy(one => Array.IndexOf(order, one.Event)).Select(one => $"{one.Told} {string.Join(' ', one.Names)}"));

    private Func<string?[], Guid> Digests { get; }

    /// <summary>What the list at the destination <c>main</c> must hold for this story: every address of everybody who is present and may be targeted.</summary>
    public IEnumerable<string> Held(bool consentRequired)
    {
        foreach (var person in _said.GroupBy(one => RootOf(Anchor(one.Names))))
        {
            var told = person.Select(one => one.Told).ToList();
            if (!IsPresent(told) || !MayBeTargeted(told, consentRequired))
            {
                continue;
            }

            foreach (var kind in new[] { 1, 2 })
            {
                var current = person.Where(one => one.Names[kind] is { } address && RootOf((kind, address)) == person.Key)
                    .OrderByDescending(one => one.Told.At).ThenByDescending(one => Digests(Only(one.Names, kind))).Select(one => one.Names[kind]).FirstOrDefault();
                if (current is not null)
                {
                    yield return current;
                }
            }
        }
    }

    private static bool IsPresent(List<Told> told)
    {
        var added = told.Where(one => one.Add == true).Max(one => (int?)one.At);
        var removed = told.Where(one => one.Add == false).Max(one => (int?)one.At);
        return added is not null && !(removed >= added);
    }

    private static bool MayBeTargeted(List<Told> told, bool consentRequired)
    {
        foreach (var purpose in new Func<Told, ConsentAnswer>[] { one => one.Consent.AdUserData, one => one.Consent.AdPersonalization })
        {
            var granted = told.Where(one => purpose(one) == ConsentAnswer.Granted).Max(one => (int?)one.At);
            var denied = told.Where(one => purpose(one) == ConsentAnswer.Denied).Max(one => (int?)one.At);
            if ((denied is not null && !(granted > denied)) || (consentRequired && granted is null))
            {
                return false;
            }
        }

        return new[] { null, "main" }.All(place =>
        {
            var suppressed = told.Where(one => one.Suppress == true && one.Destination == place).Max(one => (int?)one.At);
            var lifted = told.Where(one => one.Suppress == false && one.Destination == place).Max(one => (int?)one.At);
            return suppressed is null || lifted > suppressed;
        });
    }

    private (int Kind, string Name) RootOf((int Kind, string Name) alias)
    {
        var claims = _said.Where(one => Anchor(one.Names) != alias && one.Names[alias.Kind] == alias.Name).ToList();
        return claims.Count == 0
            ? alias
            : RootOf(Anchor(
                claims.OrderBy(one => Anchor(one.Names).Kind).ThenByDescending(one => one.Told.At).ThenByDescending(one => Digests(one.Names)).First().Names));
    }

    private static (int Kind, string Name) Anchor(string?[] names) =>
        Array.FindIndex(names, name => name is not null) is var kind ? (kind, names[kind]!) : default;

    private static string?[] Only(string?[] names, int kind) => [.. names.Select((name, n) => n == kind ? name : null)];

    private static string? Name(Random random, string prefix) => random.Next(2) == 0 ? $"{prefix}{random.Next(3)}" : null;
}
