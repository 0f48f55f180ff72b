using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Host.EventStore.Registry;

/// <summary>
/// An audience aggregated from its stream: the pure <see cref="Domain.Audiences.Audience"/>, with what Marten needs to know of it.
/// </summary>
public sealed class AudienceStream
{
    /// <summary>The stream.</summary>
    public Guid Id { get; set; }

    /// <summary>The stream's version after the last event.</summary>
    public long Version { get; set; }

    public required Audience Audience { get; init; }

    /// <summary>The stream of an audience, derived from its name.</summary>
    public static Guid IdOf(string audience) => EventId.Derive("audience", audience).Value;
}
