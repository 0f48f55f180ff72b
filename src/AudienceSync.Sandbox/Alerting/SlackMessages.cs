using System.Text.Json;

namespace AudienceSync.Sandbox.Alerting;

/// <summary>The messages of a channel, as people see them.</summary>
internal sealed class SlackMessages
{
    private readonly Lock gate = new();
    private readonly List<JsonElement> messages = [];

    public void Add(JsonElement message)
    {
        lock (gate)
        {
            messages.Add(message.Clone());
        }
    }

    public IReadOnlyList<JsonElement> All()
    {
        lock (gate)
        {
            return [.. messages];
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            messages.Clear();
        }
    }
}
