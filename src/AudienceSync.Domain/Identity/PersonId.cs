namespace AudienceSync.Domain.Identity;

/// <summary>A person, as a random uuid that reveals nothing about the person. It is also the id of the person's event stream.</summary>
public readonly record struct PersonId(Guid Value)
{
    public override string ToString() => Value.ToString();
}
