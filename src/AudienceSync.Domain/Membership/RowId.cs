using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Membership;

/// <summary>Identifies a row by person and key.</summary>
public readonly record struct RowId(PersonId Person, int KeyId)
{
    public bool Equals(RowId other) => Person.Value == other.Person.Value && KeyId == other.KeyId;

    public override int GetHashCode() => Person.Value.GetHashCode() + (KeyId * 486_187_739);
}
