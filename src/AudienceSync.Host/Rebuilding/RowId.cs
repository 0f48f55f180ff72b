using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Rebuilding;

/// <summary>Identifies a row by person and key.</summary>
internal readonly record struct RowId(PersonId Person, int KeyId)
{
    public bool Equals(RowId other) => Person.Value == other.Person.Value && KeyId == other.KeyId;

    public override int GetHashCode() => Person.Value.GetHashCode() + (KeyId * 486_187_739);
}
