using System.Buffers;
using System.Buffers.Binary;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Storage.Log;

/// <summary>The rows of one group commit, by column, as the array inserts take them. Reused from commit to commit.</summary>
internal sealed class AppendColumns
{
    public List<Guid> NewPeople { get; } = [];

    public List<byte[]> Salts { get; } = [];

    public List<short> Kinds { get; } = [];

    public List<int> Revisions { get; } = [];

    public List<Guid> VaultPeople { get; } = [];

    public List<int> VaultRevisions { get; } = [];

    public List<byte[]> VaultCiphers { get; } = [];

    public List<Guid> AliasDigests { get; } = [];

    public List<Guid> AliasPeople { get; } = [];

    public List<short> AliasKinds { get; } = [];

    public List<DateTime> AliasSeenAt { get; } = [];

    public List<Guid> Streams { get; } = [];

    public List<long> StreamVersions { get; } = [];

    public List<Guid> EventIds { get; } = [];

    public List<Guid> EventStreams { get; } = [];

    public List<long> EventVersions { get; } = [];

    public List<byte[]> EventData { get; } = [];

    public List<string> EventTypes { get; } = [];

    /// <summary>The bodies that brought new events, each as (events, length, bytes): see <see cref="AddBody"/>.</summary>
    public ArrayBufferWriter<byte> Bodies { get; } = new(64 * 1024);

    public List<QuarantineEntry> Quarantined { get; } = [];

    public void Clear()
    {
        NewPeople.Clear();
        Salts.Clear();
        Kinds.Clear();
        Revisions.Clear();
        VaultPeople.Clear();
        VaultRevisions.Clear();
        VaultCiphers.Clear();
        AliasDigests.Clear();
        AliasPeople.Clear();
        AliasKinds.Clear();
        AliasSeenAt.Clear();
        Streams.Clear();
        StreamVersions.Clear();
        EventIds.Clear();
        EventStreams.Clear();
        EventVersions.Clear();
        EventData.Clear();
        EventTypes.Clear();
        Bodies.ResetWrittenCount();
        Quarantined.Clear();
    }

    public void AddEvent(Guid id, PersonId person, long version, string type, byte[] data)
    {
        EventIds.Add(id);
        EventStreams.Add(person.Value);
        EventVersions.Add(version);
        EventTypes.Add(type);
        EventData.Add(data);
    }

    public void AddPerson(KnownPerson person, byte[] salt)
    {
        NewPeople.Add(person.Id.Value);
        Salts.Add(salt);
        Kinds.Add((short)person.Kinds);
        Revisions.Add(person.Revision);
    }

    public void AddRevision(PersonId person, int revision, byte[] cipher)
    {
        VaultPeople.Add(person.Value);
        VaultRevisions.Add(revision);
        VaultCiphers.Add(cipher);
    }

    public void AddAlias(AliasBinding binding)
    {
        AliasDigests.Add(binding.Alias.Digest.Value);
        AliasPeople.Add(binding.Person.Value);
        AliasKinds.Add((short)binding.Alias.Kind);
        AliasSeenAt.Add(binding.SeenAt.UtcDateTime);
    }

    /// <summary>A body covers as many positions as it brought new events, in order: that is how a position finds its body again.</summary>
    public void AddBody(int events, ReadOnlySpan<byte> body)
    {
        var head = Bodies.GetSpan(8);
        BinaryPrimitives.WriteInt32LittleEndian(head, events);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], body.Length);
        Bodies.Advance(8);
        Bodies.Write(body);
    }
}
