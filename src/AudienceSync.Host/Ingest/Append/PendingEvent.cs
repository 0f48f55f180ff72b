using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>An event that waits to be appended: complete except for its person and its position.</summary>
/// <param name="Id">Its derived id, which identifies a duplicate.</param>
/// <param name="Type">The alias of its type.</param>
/// <param name="Data">Its data column, JSON in UTF-8.</param>
/// <param name="OccurredAt">The sender's time, which decides which identifiers are newer.</param>
/// <param name="Aliases">The person it is about, strongest alias first; at least one.</param>
/// <param name="Identifiers">The same identifiers, for the vault.</param>
public sealed record PendingEvent(
    EventId Id,
    string Type,
    byte[] Data,
    DateTimeOffset OccurredAt,
    Alias[] Aliases,
    PersonIdentifiers Identifiers
)
{
    private Statement? _who;

    /// <summary>The keyed digest of the person's details; null when there are none.</summary>
    public AliasDigest? Details { get; init; }

    /// <summary>What it states about the identity of its person.</summary>
    public Statement Who => _who ??= new Statement(Aliases, Identifiers, Details, OccurredAt);

    /// <summary>The sender; null when nothing is counted for it.</summary>
    public string? Source { get; init; }

    /// <summary>Whether its time is the sender's. Otherwise a retry has a different time, and is a retry all the same.</summary>
    public bool HasSenderTime { get; init; }

    /// <summary>Which parts of it were left out; null when all of it was read.</summary>
    public EventWarning[]? Warnings { get; init; }

    /// <summary>The step whose outcome is to be reported; null for none.</summary>
    public PendingStep? Step { get; init; }

    /// <summary>Whether it removes the person from an audience or withdraws a permission.</summary>
    public bool IsRemoval =>
        Type is EventTypes.MemberRemoved or EventTypes.Suppressed || (Type == EventTypes.ConsentChanged && !LinkLimit.MustWait(Type, Data));

    /// <summary>The same event with one more warning.</summary>
    public PendingEvent WithWarning(EventWarning warning) => this with { Warnings = [.. Warnings ?? [], warning] };
}

/// <summary>A step of a journey, of a source that wants its outcome.</summary>
/// <param name="DeliveryId">A capability: sealed when it is stored.</param>
/// <param name="AudienceKey">The key of the event.</param>
public sealed record PendingStep(string DeliveryId, string AudienceKey)
{
    /// <summary>A delivery id never reaches a log by accident.</summary>
    public override string ToString() => $"PendingStep(***, {AudienceKey})";
}

/// <summary>A part of an event that could not be read as it was sent, and that the event does not need.</summary>
/// <param name="Code">A stable code, listed in docs/errors.md.</param>
/// <param name="Field">The path of the field, with known names only: a name that the sender made up may be personal data.</param>
public readonly record struct EventWarning(string Code, string Field);
