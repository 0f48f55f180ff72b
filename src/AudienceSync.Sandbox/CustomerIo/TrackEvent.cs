using System.Text.Json;

namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>A stored event, and how often a request brought it.</summary>
internal sealed class TrackEvent(string? id, string name, long timestamp, JsonElement data)
{
    public string? Id => id;

    public string Name => name;

    public long Timestamp => timestamp;

    public JsonElement? Data => data.ValueKind == JsonValueKind.Undefined ? null : data;

    public int Deliveries { get; set; } = 1;
}
