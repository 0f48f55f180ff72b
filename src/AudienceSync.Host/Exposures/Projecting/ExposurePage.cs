using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Exposures.Projecting;

/// <summary>What is written in one transaction.</summary>
internal sealed record ExposurePage
{
    public IReadOnlyList<ExposureRow> Rows { get; init; } = [];

    public IReadOnlyCollection<ExposureMember> Members { get; init; } = [];

    public IReadOnlyCollection<ExposureSpell> Spells { get; init; } = [];

    public IReadOnlyCollection<ExposureSend> Sends { get; init; } = [];

    public IReadOnlyDictionary<PersonId, PersonId> Owners { get; init; } = new Dictionary<PersonId, PersonId>();

    public IReadOnlyCollection<ExposureFeed> Feeds { get; init; } = [];

    public IReadOnlyCollection<PersonId> Erased { get; init; } = [];

    public IReadOnlyCollection<PersonId> Renamed { get; init; } = [];

    /// <summary>The token of everybody of whom it has a row, a spell or a link.</summary>
    public required IReadOnlyDictionary<PersonId, Guid> Tokens { get; init; }

    /// <summary>Those whose token is new.</summary>
    public IReadOnlyCollection<PersonId> NewPeople { get; init; } = [];

    /// <summary>What was read for it; null for what follows from the clock.</summary>
    public ExposureCursor? Cursor { get; init; }

    /// <summary>A take-over that begins with it.</summary>
    public ExposureTakeover? Begun { get; init; }

    /// <summary>How far a take-over has come.</summary>
    public ExposureTakeover? Advanced { get; init; }

    /// <summary>How far a start or end of an experiment has come.</summary>
    public ExposureAssignment? Assigned { get; init; }

    /// <summary>The number of a version that has taken over everybody.</summary>
    public int? TakenOver { get; init; }

    public static ExposurePage Of(LogExposures fold, ExposureTokens tokens) =>
        new()
        {
            Rows = fold.Rows,
            Members = fold.Members,
            Spells = fold.Spells,
            Owners = fold.Owners,
            Feeds = fold.Feeds,
            Erased = fold.Erased,
            Renamed = fold.Renamed,
            Tokens = tokens.All,
            NewPeople = tokens.New,
        };
}
