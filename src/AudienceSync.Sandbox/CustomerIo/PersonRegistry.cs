using System.Globalization;
using System.Text.Json;

namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>
/// The people of one workspace. Every change that has no effect although it is answered with success (contract customerio 6.1.10) is
/// counted by its reason.
/// </summary>
internal sealed class PersonRegistry
{
    public const string Suppressed = "suppressed";
    public const string CioIdUnknown = "cio_id_unknown";
    public const string UpdateWithoutMatch = "update_without_match";
    public const string TwoPeople = "two_people";
    public const string NoSuchPerson = "no_such_person";
    public const string OverLimit = "over_limit";
    public const string SilentDrop = "silent_drop";

    private const long FirstCioId = 0xd9c1_0000_0001;

    private readonly Lock gate = new();
    private readonly Dictionary<Identifier, TrackPerson> people = [];
    private readonly Dictionary<string, TrackEvent> events = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<Identifier> suppressed = [];
    private readonly SortedDictionary<string, long> ignored = new(StringComparer.Ordinal);
    private long created;

    /// <summary>Applies the change, or counts it as ignored.</summary>
    /// <returns>Why it is refused; null when it is answered with success, whether or not it had an effect.</returns>
    public ItemError? Apply(TrackItem item, CustomerIoSettings options, out bool applied)
    {
        lock (gate)
        {
            applied = false;
            if (item.Action == TrackAction.Unsuppress)
            {
                applied = suppressed.Remove(item.Person);
                return null;
            }

            if (suppressed.Contains(item.Person))
            {
                Ignore(Suppressed, 1);
                return null;
            }

            applied = true;
            return item.Action switch
            {
                TrackAction.Identify => Identify(item, ref applied),
                TrackAction.Event => Track(item, options, ref applied),
                _ => Remove(item, suppress: item.Action == TrackAction.Suppress, ref applied),
            };
        }
    }

    /// <summary>Counts changes that were answered with success and dropped.</summary>
    public void Ignore(string reason, int count)
    {
        lock (gate)
        {
            ignored[reason] = ignored.GetValueOrDefault(reason) + count;
        }
    }

    /// <summary>Suppression by version 1: blocks every identifier and deletes the profile for good (contract 6.1.3).</summary>
    public void Suppress(Identifier name)
    {
        lock (gate)
        {
            suppressed.Add(name);
            if (people.GetValueOrDefault(name) is { } person)
            {
                suppressed.UnionWith(person.Identifiers);
                Forget(person);
            }
        }
    }

    public void Unsuppress(Identifier name)
    {
        lock (gate)
        {
            suppressed.Remove(name);
        }
    }

    /// <summary>Creates a person as the workspace's own sources do.</summary>
    /// <returns>False when one of the identifiers belongs to somebody already.</returns>
    public bool TryCreate(IReadOnlyCollection<Identifier> names, string? cioId)
    {
        lock (gate)
        {
            if (names.Any(people.ContainsKey) || (cioId is not null && people.ContainsKey(Identifier.Of(IdentifierKind.CioId, cioId))))
            {
                return false;
            }

            Create(names, cioId);
            return true;
        }
    }

    /// <summary>Serializes inside the lock, because people keep changing.</summary>
    /// <param name="name">Null for everybody.</param>
    /// <returns>Null when there is no such person.</returns>
    public byte[]? PeopleToJson(Identifier? name)
    {
        lock (gate)
        {
            if (name is { } wanted)
            {
                return people.TryGetValue(wanted, out var found)
                    ? JsonSerializer.SerializeToUtf8Bytes(View(found), SandboxJson.Options)
                    : null;
            }

            var everybody = people.Where(entry => entry.Key.Kind == IdentifierKind.CioId).Select(entry => entry.Value);
            return JsonSerializer.SerializeToUtf8Bytes(
                everybody.OrderBy(person => person.CioId, StringComparer.Ordinal).Select(View),
                SandboxJson.Options
            );
        }
    }

    /// <summary>Numbers of people and events, and of changes without effect by reason.</summary>
    public object Summarize()
    {
        lock (gate)
        {
            var everybody = people.Where(entry => entry.Key.Kind == IdentifierKind.CioId).Select(entry => entry.Value).ToList();
            return new
            {
                people = everybody.Count,
                events = everybody.Sum(person => person.Events.Count),
                suppressed = suppressed.Count,
                ignored = new SortedDictionary<string, long>(ignored, StringComparer.Ordinal),
            };
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            people.Clear();
            events.Clear();
            suppressed.Clear();
            ignored.Clear();
        }
    }

    private ItemError? Identify(TrackItem item, ref bool applied)
    {
        var person = people.GetValueOrDefault(item.Person);
        if (person is null && (item.Person.Kind == IdentifierKind.CioId || item.Update))
        {
            Ignore(item.Person.Kind == IdentifierKind.CioId ? CioIdUnknown : UpdateWithoutMatch, 1);
            applied = false;
            return null;
        }

        var fields = item.Attributes.ValueKind == JsonValueKind.Object ? item.Attributes.EnumerateObject().ToList() : [];
        var names = fields.Select(NameIn).OfType<Identifier>().ToList();
        if (names.Exists(name => people.TryGetValue(name, out var other) && other != person))
        {
            // Shown in the activity log of the real service only.
            Ignore(TwoPeople, 1);
            applied = false;
            return null;
        }

        var values = fields.Where(IsValue).ToList();
        var held = person?.Attributes.Keys ?? Enumerable.Empty<string>();
        if (held.Union(values.Select(field => field.Name), StringComparer.Ordinal).Count() > TrackItem.MaxAttributes)
        {
            return ItemError.Invalid("attributes", "more than 300 attributes");
        }

        person ??= Create([item.Person], null);
        Rename(person, names);
        foreach (var field in values)
        {
            if (!person.Attributes.TryGetValue(field.Name, out var before) || before.Timestamp <= item.Timestamp)
            {
                person.Attributes[field.Name] = new TrackAttribute(field.Value, item.Timestamp);
            }
        }

        return null;
    }

    private ItemError? Track(TrackItem item, CustomerIoSettings options, ref bool applied)
    {
        var person = people.GetValueOrDefault(item.Person);
        if (person is null && (item.Person.Kind == IdentifierKind.CioId || !options.EventsCreatePeople))
        {
            Ignore(item.Person.Kind == IdentifierKind.CioId ? CioIdUnknown : NoSuchPerson, 1);
            applied = false;
            return null;
        }

        var dedupes = Ulid.IsValid(item.EventId);
        if (dedupes && events.TryGetValue(item.EventId!, out var stored))
        {
            stored.Deliveries++;
            applied = false;
            return null;
        }

        var added = new TrackEvent(item.EventId, item.Name, item.Timestamp, item.Attributes);
        (person ?? Create([item.Person], null)).Events.Add(added);
        if (dedupes)
        {
            events[item.EventId!] = added;
        }

        return null;
    }

    private ItemError? Remove(TrackItem item, bool suppress, ref bool applied)
    {
        var person = people.GetValueOrDefault(item.Person);
        if (suppress)
        {
            // Version 2 blocks; only version 1 deletes as well (contract 6.1.3).
            suppressed.Add(item.Person);
            suppressed.UnionWith(person?.Identifiers ?? []);
        }
        else if (person is not null)
        {
            Forget(person);
        }
        else
        {
            applied = false;
        }

        return null;
    }

    private TrackPerson Create(IEnumerable<Identifier> names, string? cioId)
    {
        var person = new TrackPerson(cioId ?? (FirstCioId + created++).ToString("x12", CultureInfo.InvariantCulture));
        people[Identifier.Of(IdentifierKind.CioId, person.CioId)] = person;
        Rename(person, names);
        return person;
    }

    private void Rename(TrackPerson person, IEnumerable<Identifier> names)
    {
        foreach (var name in names)
        {
            foreach (
                var former in person.Identifiers.Where(former => former.Kind == name.Kind && former.Kind != IdentifierKind.CioId).ToList()
            )
            {
                people.Remove(former);
            }

            person.Set(name);
            people[name] = person;
        }
    }

    private void Forget(TrackPerson person)
    {
        foreach (var name in person.Identifiers.ToList())
        {
            people.Remove(name);
        }
    }

    private static Identifier? NameIn(JsonProperty field) =>
        Identifier.TryKind(field.Name, out var kind)
        && kind != IdentifierKind.CioId
        && field.Value.ValueKind == JsonValueKind.String
        && field.Value.GetString() is { Length: > 0 } text
            ? Identifier.Of(kind, text)
            : null;

    private static bool IsValue(JsonProperty field) =>
        field.Name is not (TrackItem.UpdateFlag or TrackItem.TimestampFlag) && !Identifier.TryKind(field.Name, out _);

    private static object View(TrackPerson person) =>
        new
        {
            person.Id,
            person.Email,
            person.Phone,
            person.CioId,
            person.Attributes,
            person.Events,
        };
}
