using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>What the events of a page state, read once: see <see cref="PageFold.Read"/>.</summary>
public sealed class PageFacts
{
    internal PageFacts(FoldMode mode, int events)
    {
        Mode = mode;
        Facts = new List<KeyFact>(events);
        RowKeyIds = new List<int>(events);
        RowPeople = new List<Guid>(events);
    }

    public FoldMode Mode { get; }

    /// <summary>
    /// The keys of the stored rows that the facts concern, each with the person at the same index of <see cref="RowPeople"/>.
    /// </summary>
    public List<int> RowKeyIds { get; }

    public List<Guid> RowPeople { get; }

    /// <summary>The links that the page sets; the last one for each person.</summary>
    public Dictionary<PersonId, PersonId> Links { get; } = [];

    /// <summary>Adds and removes, in the order of the log, once for every key for which they count.</summary>
    internal List<KeyFact> Facts { get; }

    internal List<LinkFact> LinkFacts { get; } = [];

    internal List<PermissionStated> Permissions { get; } = [];

    /// <summary>People whose identifiers changed: the lanes process all of their rows again.</summary>
    internal HashSet<PersonId> Reidentified { get; } = [];

    /// <summary>Stored rows whose arm is determined again, because an experiment started or ended.</summary>
    internal List<RowId> Assigned { get; } = [];

    internal Dictionary<long, LateCount> Late { get; } = [];

    /// <summary>Events other than adds and removes.</summary>
    internal int Others { get; set; }

    internal void NeedRow(int keyId, PersonId person)
    {
        RowKeyIds.Add(keyId);
        RowPeople.Add(person.Value);
    }

    /// <summary>An add or a remove of a key.</summary>
    /// <param name="Id">Its row.</param>
    /// <param name="Key">The key.</param>
    /// <param name="Fact">What it states.</param>
    /// <param name="Position">Its position.</param>
    /// <param name="RecordedAt">When it was recorded.</param>
    /// <param name="Counts">Whether it is counted as applied or superseded here; false for a successor's part in the same event.</param>
    internal readonly record struct KeyFact(
        RowId Id,
        PublishedKey Key,
        MembershipFact Fact,
        long Position,
        DateTimeOffset RecordedAt,
        bool Counts
    );

    /// <summary>A link.</summary>
    /// <param name="After">How many of the page's <see cref="Facts"/> come before it.</param>
    /// <param name="Person">The anchor.</param>
    /// <param name="Owner">The person it belongs to from here on.</param>
    /// <param name="RecordedAt">When it was recorded.</param>
    internal readonly record struct LinkFact(int After, PersonId Person, PersonId Owner, DateTimeOffset RecordedAt);

    /// <summary>A permission fact, with the key of its event; 0 when it has none.</summary>
    internal readonly record struct PermissionStated(int KeyId, PersonId Anchor, PermissionFact Fact);
}
