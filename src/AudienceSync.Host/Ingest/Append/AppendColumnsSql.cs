using System.Buffers;
using System.Buffers.Binary;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Quarantine;
using Npgsql;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>The rows of one group commit, by column, in the form that the array inserts take. Reused for every commit.</summary>
internal sealed class AppendColumnsSql
{
    // Since the last report of this commit.
    private int _eventsWithoutReport;

    public PeopleColumns NewPeople { get; } = new();

    public PeopleColumns ChangedPeople { get; } = new();

    /// <summary>First revisions, of people that this commit creates.</summary>
    public RevisionColumns NewRevisions { get; } = new();

    /// <summary>Revisions of known people: further ones, or the same ones with more claims.</summary>
    public RevisionColumns FurtherRevisions { get; } = new();

    public AliasColumns NewAliases { get; } = new();

    public AliasColumns ChangedAliases { get; } = new();

    public List<Guid> NewStreams { get; } = [];

    public List<long> NewStreamVersions { get; } = [];

    public List<Guid> KnownStreams { get; } = [];

    public List<long> KnownStreamVersions { get; } = [];

    /// <summary>The streams to which this commit appends.</summary>
    public HashSet<PersonId> Streams { get; } = [];

    public List<Guid> EventIds { get; } = [];

    public List<Guid> EventStreams { get; } = [];

    public List<long> EventVersions { get; } = [];

    public List<byte[]> EventData { get; } = [];

    public List<string> EventTypes { get; } = [];

    /// <summary>The bodies that brought new events, each as (events, length, bytes): see <see cref="AddBody"/>.</summary>
    public ArrayBufferWriter<byte> Bodies { get; } = new(64 * 1024);

    /// <summary>
    /// The same for the bodies that are reports, in a box of its own, because they are kept for another time. It covers the same positions:
    /// requests of other senders have no bytes in it, and reports have none in <see cref="Bodies"/>. Empty for a commit without reports.
    /// </summary>
    public ArrayBufferWriter<byte> Reports { get; } = new();

    public List<QuarantineEntry> Quarantined { get; } = [];

    /// <summary>Anchors that stop linking, with the kind of the addresses of which there were too many.</summary>
    public List<(PersonId Person, IdentifierKind Kind)> LinkStops { get; } = [];

    /// <summary>The number of items that name an erased person, by erasure.</summary>
    public Dictionary<Guid, int> Refused { get; } = [];

    public SourceCountSql Counts { get; } = new();

    public DuplicateSql Duplicates { get; } = new();

    public StepSql Steps { get; } = new();

    public void Clear()
    {
        NewPeople.Clear();
        ChangedPeople.Clear();
        NewRevisions.Clear();
        FurtherRevisions.Clear();
        NewAliases.Clear();
        ChangedAliases.Clear();
        NewStreams.Clear();
        NewStreamVersions.Clear();
        KnownStreams.Clear();
        KnownStreamVersions.Clear();
        Streams.Clear();
        EventIds.Clear();
        EventStreams.Clear();
        EventVersions.Clear();
        EventData.Clear();
        EventTypes.Clear();
        Bodies.ResetWrittenCount();
        Reports.ResetWrittenCount();
        _eventsWithoutReport = 0;
        Quarantined.Clear();
        LinkStops.Clear();
        Refused.Clear();
        Counts.Clear();
        Duplicates.Clear();
        Steps.Clear();
    }

    public void AddEvent(Guid id, PersonId person, long version, string type, byte[] data)
    {
        EventIds.Add(id);
        EventStreams.Add(person.Value);
        EventVersions.Add(version);
        EventTypes.Add(type);
        EventData.Add(data);
        Streams.Add(person);
    }

    public void AddStream(KnownPerson person, bool isNew)
    {
        (isNew ? NewStreams : KnownStreams).Add(person.Id.Value);
        (isNew ? NewStreamVersions : KnownStreamVersions).Add(person.StreamVersion);
    }

    public void AddRefused(Guid erasure) => Refused[erasure] = Refused.GetValueOrDefault(erasure) + 1;

    /// <summary>Adds the counts of sources; most commits have none.</summary>
    public void AddCounts(List<NpgsqlBatchCommand> commands, DateTimeOffset now)
    {
        if (Counts.Sources.Count > 0)
        {
            commands.Add(Counts.Command(now));
        }

        if (Duplicates.Ids.Count > 0)
        {
            commands.Add(Duplicates.Command(now));
        }
    }

    /// <summary>A body covers as many positions as it brought new events, in order: that is how the body of a position is found.</summary>
    public void AddBody(int events, ReadOnlySpan<byte> body, bool isReport)
    {
        Add(Bodies, events, isReport ? default : body);
        if (!isReport)
        {
            _eventsWithoutReport += events;
            return;
        }

        if (_eventsWithoutReport > 0)
        {
            Add(Reports, _eventsWithoutReport, default);
            _eventsWithoutReport = 0;
        }

        Add(Reports, events, body);
    }

    private static void Add(ArrayBufferWriter<byte> box, int events, ReadOnlySpan<byte> body)
    {
        var head = box.GetSpan(8);
        BinaryPrimitives.WriteInt32LittleEndian(head, events);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], body.Length);
        box.Advance(8);
        box.Write(body);
    }
}
