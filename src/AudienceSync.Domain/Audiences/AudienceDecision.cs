using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Audiences;

/// <summary>The result of a command: events (none when nothing would change), or a refusal.</summary>
public sealed record AudienceDecision(IReadOnlyList<IRegistryEvent> Events, AudienceRefusal? Refusal)
{
    public static readonly AudienceDecision Nothing = new([], null);

    public static AudienceDecision Accept(params IReadOnlyList<IRegistryEvent> events) => new(events, null);

    public static AudienceDecision Refuse(AudienceRefusal refusal) => new([], refusal);
}
