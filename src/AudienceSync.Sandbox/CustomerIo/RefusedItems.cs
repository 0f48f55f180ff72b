using System.Text.Json;

namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>An item that an answer 207 named, as far as it can be read.</summary>
internal sealed record RefusedItem(
    DateTimeOffset At,
    string Reason,
    string Field,
    string? Action,
    JsonElement? Identifiers,
    string? EventId
);

/// <summary>The last items that answers 207 named: what a client must count as not accepted.</summary>
internal sealed class RefusedItems
{
    private const int Kept = 100_000;

    private readonly Lock gate = new();
    private readonly Queue<RefusedItem> items = new();

    public void Add(JsonElement json, ItemError error, DateTimeOffset at)
    {
        var isObject = json.ValueKind == JsonValueKind.Object;
        JsonElement? identifiers = isObject && json.TryGetProperty("identifiers"u8, out var named) ? named.Clone() : null;
        var item = new RefusedItem(at, error.Reason, error.Field, Text("action"), identifiers, Text("id"));
        lock (gate)
        {
            if (items.Count == Kept)
            {
                items.Dequeue();
            }

            items.Enqueue(item);
        }

        string? Text(string field) =>
            isObject && json.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    public IReadOnlyList<RefusedItem> All()
    {
        lock (gate)
        {
            return [.. items];
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            items.Clear();
        }
    }
}
