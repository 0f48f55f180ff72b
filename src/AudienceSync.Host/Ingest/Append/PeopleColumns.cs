using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>Rows of people by column, in the form that the array insert and the array update take.</summary>
internal sealed class PeopleColumns
{
    public List<Guid> People { get; } = [];

    public List<byte[]> Salts { get; } = [];

    public List<short> Kinds { get; } = [];

    public List<Guid> Anchors { get; } = [];

    public List<Guid?> Owners { get; } = [];

    public List<int> Revisions { get; } = [];

    public List<Guid?> Emails { get; } = [];

    public List<Guid?> Phones { get; } = [];

    public List<Guid?> Details { get; } = [];

    public void Clear()
    {
        People.Clear();
        Salts.Clear();
        Kinds.Clear();
        Anchors.Clear();
        Owners.Clear();
        Revisions.Clear();
        Emails.Clear();
        Phones.Clear();
        Details.Clear();
    }

    public void Add(KnownPerson person, byte[] salt)
    {
        People.Add(person.Id.Value);
        Salts.Add(salt);
        Kinds.Add((short)person.Anchor.Kind);
        Anchors.Add(person.Anchor.Digest.Value);
        Owners.Add(person.Owner?.Value);
        Revisions.Add(person.Revision);
        Emails.Add(person.Reach.Email?.Value);
        Phones.Add(person.Reach.Phone?.Value);
        Details.Add(person.Reach.Details?.Value);
    }
}
