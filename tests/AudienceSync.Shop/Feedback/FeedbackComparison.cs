using System.Globalization;
using System.Text.Json;
using AudienceSync.Shop.Oracle;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Feedback;

/// <summary>
/// Compares what the imitated Customer.io has with what is in effect. For everybody who is at a platform, the latest of the facts about
/// that audience there must be <c>audience_synced</c>; for everybody who is not and of whom it was reported once, <c>audience_removed</c>.
/// </summary>
/// <param name="expected">Who must be in which audience where.</param>
/// <param name="outcomes">Who is suppressed, and whom email reaches.</param>
internal sealed class FeedbackComparison(
    IReadOnlyList<Customer> customers,
    IReadOnlyList<ExpectedAudience> expected,
    OutcomeOracle outcomes,
    DateTimeOffset now
)
{
    public const string Synced = "audience_synced";
    public const string Removed = "audience_removed";
    public const string Failed = "audience_sync_failed";

    private const int MaxExamples = 5;
    private const int UlidLength = 26;

    private readonly HashSet<string> _ours = customers.SelectMany(Names).ToHashSet(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _examples = [];
    private int _missing;
    private int _doubled;
    private int _wrong;

    public FeedbackFinding Evaluate(IReadOnlyList<TrackPerson> people, IReadOnlyList<RefusedItem> refused)
    {
        var byId = people.Where(person => person.Id is not null).ToDictionary(person => person.Id!, StringComparer.Ordinal);
        var byEmail = people
            .Where(person => person.Email is not null)
            .ToDictionary(person => person.Email!, StringComparer.OrdinalIgnoreCase);
        var refusedIds = refused
            .Where(item => item.IsFinal)
            .SelectMany(item => item.Identifiers?.Values ?? [])
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var customer in customers.Where(customer => customer.CustomerId is not null || customer.Email is not null))
        {
            var person =
                customer.CustomerId is { } id ? byId.GetValueOrDefault(id)
                : customer.Email is { } email ? byEmail.GetValueOrDefault(email)
                : null;
            if (person is null)
            {
                Note(ref _missing, customer, "is gone from the workspace");
            }
            else if (!Names(customer).Any(refusedIds.Contains))
            {
                // Nobody can expect the facts of a person of whom an item was refused for good; the others are compared.
                CompareFacts(customer, person);
                CompareAttributes(customer, person);
            }
        }

        var strangers = people.Count(person => !IsOurs(person));
        if (strangers > 0)
        {
            _wrong += strangers;
            AddExample($"{strangers} people were created that no customer is");
        }

        return new FeedbackFinding(
            people.Sum(person => person.Events.Count),
            _missing,
            _doubled,
            _wrong,
            refused.Count(item => item.IsFinal),
            people.Sum(person => person.Events.Sum(item => item.Deliveries - 1)),
            _examples
        );
    }

    private static IEnumerable<string> Names(Customer customer) => new[] { customer.CustomerId, customer.Email }.OfType<string>();

    private bool IsOurs(TrackPerson person) =>
        (person.Id is { } id && _ours.Contains(id)) || (person.Email is { } email && _ours.Contains(email));

    private void CompareFacts(Customer customer, TrackPerson person)
    {
        var facts = person.Events.Where(item => item.Name is Synced or Removed or Failed).ToList();
        foreach (var plain in facts.Where(item => item.Id?.Length != UlidLength))
        {
            Note(ref _doubled, customer, $"{plain.Name} has an id that does not deduplicate");
        }

        // A guest has facts of their own, so two of one name and time are possible there.
        var twins = customer.KnownSince is null
            ? facts
                .CountBy(item => (item.Name, item.Timestamp, item.Data?.AudienceKey, item.Data?.Destination))
                .Where(fact => fact.Value > 1)
            : [];
        foreach (var twin in twins)
        {
            Note(ref _doubled, customer, $"{twin.Key.Name} for {twin.Key.AudienceKey} at {twin.Key.Destination} came {twin.Value} times");
        }

        foreach (var audience in expected.Where(audience => !audience.Undecided.Contains(customer.Number)))
        {
            // The ids begin with the time in milliseconds; the timestamps have whole seconds.
            var last = facts
                .Where(item => item.Data?.AudienceKey == audience.Key && item.Data?.Destination == audience.Destination.Name)
                .OrderBy(item => item.Id, StringComparer.Ordinal)
                .LastOrDefault(item => item.Name != Failed);
            var isMember = audience.Members.ContainsKey(customer.Number);
            if (isMember && last?.Name != Synced)
            {
                Note(ref _missing, customer, $"{audience.Key} at {audience.Destination.Name}: member, last fact {last?.Name ?? "none"}");
            }
            else if (!isMember && last?.Name == Synced)
            {
                Note(ref _missing, customer, $"{audience.Key} at {audience.Destination.Name}: not a member, last fact {last.Name}");
            }
        }
    }

    private void CompareAttributes(Customer customer, TrackPerson person)
    {
        var suppressed = outcomes.IsSuppressed(customer.Number);
        var stated = Bool(person, "ads_suppressed");
        if (stated != suppressed && (suppressed || stated is not null))
        {
            Note(ref _wrong, customer, $"ads_suppressed is {Text(stated)}, expected {suppressed}");
        }

        var deliverable = outcomes.IsEmailDeliverable(customer.Number, now);
        if (Bool(person, "email_deliverable") is { } email && email != deliverable)
        {
            Note(ref _wrong, customer, $"email_deliverable is {email}, expected {deliverable}");
        }
    }

    private static bool? Bool(TrackPerson person, string name) =>
        person.Attributes.TryGetValue(name, out var held) && held.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? held.Value.GetBoolean()
            : null;

    private static string Text(bool? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "absent";

    private void Note(ref int count, Customer customer, string what)
    {
        count++;
        AddExample($"customer {customer.Number}: {what}");
    }

    private void AddExample(string text)
    {
        if (_examples.Count < MaxExamples)
        {
            _examples.Add($"feedback: {text}");
        }
    }
}
