using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Experiments;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Tests.Exposures;

/// <summary>A log in memory, and its fold in pages: what one page leaves is what the next begins with.</summary>
internal sealed class ExposureWorld
{
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    private readonly List<LogEvent> _log = [];
    private readonly Dictionary<PersonId, PersonId> _owners = [];
    private readonly Dictionary<RowId, ExposureMember> _members = [];
    private long _spellId;

    public IReadOnlyList<LogEvent> Log => _log;

    public List<ExposureRow> Rows { get; } = [];

    public Dictionary<long, ExposureSpell> Spells { get; } = [];

    public List<PublishedKey> Keys { get; } =
    [new(1, AudienceKey.Of("cart", 1), TimeSpan.FromDays(7)), new(2, AudienceKey.Of("buyers", 1), null)];

    public ExperimentCalendar Experiments { get; init; } = ExperimentCalendar.None;

    public static PersonId Person(int n) => new(new Guid(n, 0, 0, new byte[8]));

    public ExposureWorld Add(PersonId person, IStoredEvent stored, DateTimeOffset received)
    {
        _log.Add(new LogEvent(new Position(_log.Count + 1), person, EventTypes.AliasOf(stored), EventJson.Write(stored), received));
        return this;
    }

    /// <summary>Folds all that was added, in pages of some size.</summary>
    public ExposureWorld Fold(int pageEvents = int.MaxValue)
    {
        foreach (var page in _log.Chunk(Math.Min(pageEvents, _log.Count)))
        {
            Take(fold => Array.ForEach(page, logged => fold.Apply(logged)));
        }

        return this;
    }

    public void Take(Action<LogExposures> apply)
    {
        var fold = new LogExposures(
            new ExposureSnapshot(_owners.ToDictionary(), _members.ToDictionary(), new AudienceKeySet(Keys), _spellId)
            {
                Experiments = Experiments,
            }
        );
        apply(fold);
        Rows.AddRange(fold.Rows);
        _spellId = fold.SpellId;
        foreach (var (anchor, owner) in fold.Owners)
        {
            _owners[anchor] = owner;
        }

        foreach (var member in fold.Members)
        {
            _members[member.Id] = member;
        }

        foreach (var spell in fold.Spells)
        {
            Spells[spell.Id] = spell;
        }
    }
}
