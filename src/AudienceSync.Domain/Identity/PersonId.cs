namespace AudienceSync.Domain.Identity;

/// <summary>Who, as a random uuid that says nothing about him. It is also the id of his event stream.</summary>
public readonly record struct PersonId(Guid Value)
{
    public override string ToString() => Value.ToString();
}
