using System.Text.Json;
using AudienceSync.Domain.Outcomes;

namespace AudienceSync.Host.EventStore.Outcomes;

/// <summary>
/// The engagement of one anchor of a person, as Marten stores it: a document, identified by the anchor's stream. It holds times, counts and
/// topics, no identifier. What is known about the person is the sum of all anchors (<see cref="Engagement.With"/>).
/// </summary>
public sealed record PersonEngagement
{
    /// <summary>How the stored document is read without Marten.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The anchor.</summary>
    public Guid Id { get; set; }

    /// <summary>What its outcomes prove.</summary>
    public Engagement Engagement { get; init; } = Engagement.Empty;

    /// <summary>Whether the person is being erased: no outcome is added any more. The document goes when the person is erased.</summary>
    public bool IsErasing { get; init; }
}
