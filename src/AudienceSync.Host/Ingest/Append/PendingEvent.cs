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
    PersonIdentifiers Identifiers)
{
    private Statement? _who;
    private Mention? _mention;

    /// <summary>The keyed digest of the person's details; null when there are none.</summary>
    public AliasDigest? Details { get; init; }

    /// <summary>What it states about the identity of its person.</summary>
    public Statement Who => _who ??= new Statement(Aliases, Identifiers, Details, OccurredAt);

    /// <summary>The person it names, in the form that the check for erased people takes.</summary>
    public Mention Mention => _mention ??= new Mention(Aliases);

    /// <summary>Whether the append found that it names an erased person.</summary>
    public bool IsErased => _mention?.Erasure is not null;

    /// <summary>The sender; null when nothing is counted for it.</summary>
    public string? Source { get; init; }

    /// <summary>Whether its time is the sender's. Otherwise a retry has a different time, and is a retry all the same.</summary>
    public bool HasSenderTime { get; init; }

    /// <summary>Which parts of it were left out; null when all of it was read.</summary>
    public EventWarning[]? Warnings { get; set; }

    /// <summary>Whether it removes the person from an audience or withdraws a permission.</summary>
    public bool IsRemoval => Type is EventTypes.MemberRemoved or EventTypes.Suppressed || (Type == EventTypes.ConsentChanged && !LinkLimit.MustWait(Type, Data));

    /// <summary>The same event with one more warning.</summary>
    public PendingEvent WithWarning(EventWarning warning) => this with { Warnings = [.. Warnings ?? [], warning] };

    /// <summary>Set by the append: the log already had this event.</summary>
    public bool Duplicate { get; set; }

    /// <summary>
    /// Set by the append: it was left out, because its strongest identifier is sent with too many others (<see cref="LinkLimit"/>).
    /// </summary>
    public bool IsUnlinkable { get; set; }
}

/// <summary>A part of an event that could not be read as it was sent, and that the event does not need.</summary>
/// <param name="Code">A stable code, listed in docs/errors.md.</param>
/// <param name="Field">The path of the field, with known names only: a name that the sender made up may be personal data.</param>
public readonly record struct EventWarning(string Code, string Field);

/// <summary>The people that one item of a request names, whether it became an event or not, and whether one of them was erased.</summary>
public sealed class Mention(Alias[] aliases)
{
    public Alias[] Aliases => aliases;

    /// <summary>The bytes of the request's body that contain the item; empty when it is the whole body.</summary>
    public ReadOnlyMemory<byte> Text { get; set; }

    /// <summary>The erasure that erased one of the identifiers. Set by the append: then nothing of the item is kept.</summary>
    public Guid? Erasure { get; set; }

    /// <summary>Identifiers are digests here, but they serve no purpose in a log.</summary>
    public override string ToString() => "Mention(***)";
}
