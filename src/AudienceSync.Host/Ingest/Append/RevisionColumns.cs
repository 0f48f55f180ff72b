using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>Sealed identifier revisions by column, in the form that the array insert takes.</summary>
internal sealed class RevisionColumns
{
    public List<Guid> People { get; } = [];

    public List<int> Revisions { get; } = [];

    public List<byte[]> Ciphers { get; } = [];

    public List<Guid?> Emails { get; } = [];

    public List<Guid?> Phones { get; } = [];

    public void Clear()
    {
        People.Clear();
        Revisions.Clear();
        Ciphers.Clear();
        Emails.Clear();
        Phones.Clear();
    }

    /// <param name="reach">The identifiers by which this revision is reached.</param>
    public void Add(PersonId person, int revision, byte[] cipher, Reach reach)
    {
        People.Add(person.Value);
        Revisions.Add(revision);
        Ciphers.Add(cipher);
        Emails.Add(reach.Email?.Value);
        Phones.Add(reach.Phone?.Value);
    }
}
