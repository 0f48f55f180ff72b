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

    public List<Guid> ChangedPeople { get; } = [];

    public List<short> ChangedKinds { get; } = [];

    public List<int> ChangedRevisions { get; } = [];

    public List<Guid> VaultPeople { get; } = [];

    public List<int> VaultRevisions { get; } = [];

    public List<byte[]> VaultCiphers { get; } = [];

    public List<Guid> AliasDigests { get; } = [];

    public List<Guid> AliasPeople { get; } = [];

    public List<short> AliasKinds { get; } = [];

    public List<DateTime> AliasSeenAt { get; } = [];

    public List<Guid> MovedDigests { get; } = [];

    public List<Guid> MovedPeople { get; } = [];

    public List<DateTime> MovedSeenAt { get; } = [];

    public List<Guid> NewStreams { get; } = [];

    public List<long> NewStreamVersions { get; } = [];

    public List<Guid> KnownStreams { get; } = [];

    public List<long> KnownStreamVersions { get; } = [];

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
        ChangedPeople.Clear();
        ChangedKinds.Clear();
        ChangedRevisions.Clear();
        MovedDigests.Clear();
        MovedPeople.Clear();
        MovedSeenAt.Clear();
        NewStreams.Clear();
        NewStreamVersions.Clear();
        KnownStreams.Clear();
        KnownStreamVersions.Clear();
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

    /// <param name="person">As he is from now on.</param>
    /// <param name="salt">His salt when he is new; null when he is known and changed.</param>
    public void AddPerson(KnownPerson person, byte[]? salt)
    {
        if (salt is null)
        {
            ChangedPeople.Add(person.Id.Value);
            ChangedKinds.Add((short)person.Kinds);
            ChangedRevisions.Add(person.Revision);
            return;
        }

        NewPeople.Add(person.Id.Value);
        Salts.Add(salt);
        Kinds.Add((short)person.Kinds);
        Revisions.Add(person.Revision);
    }

    public void AddStream(KnownPerson person, bool isNew)
    {
        (isNew ? NewStreams : KnownStreams).Add(person.Id.Value);
        (isNew ? NewStreamVersions : KnownStreamVersions).Add(person.StreamVersion);
    }

    public void AddRevision(PersonId person, int revision, byte[] cipher)
    {
        VaultPeople.Add(person.Value);
        VaultRevisions.Add(revision);
        VaultCiphers.Add(cipher);
    }

    public void AddAlias(AliasBinding binding, bool isMoved)
    {
        if (isMoved)
        {
            MovedDigests.Add(binding.Alias.Digest.Value);
            MovedPeople.Add(binding.Person.Value);
            MovedSeenAt.Add(binding.SeenAt.UtcDateTime);
            return;
        }

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
