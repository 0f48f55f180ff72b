namespace AudienceSync.Domain.Identity;

/// <summary>The kinds of identifier by which a sender names a person, in the order of their strength (design section 6, rule 3).</summary>
/// <remarks>The numbers are stored; never renumber.</remarks>
public enum IdentifierKind
{
    CustomerId = 1,
    Email = 2,
    Phone = 3,
}
