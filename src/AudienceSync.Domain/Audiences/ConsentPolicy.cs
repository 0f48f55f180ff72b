namespace AudienceSync.Domain.Audiences;

/// <summary>What an audience key demands of a person's consent. Whoever refused is barred under either. The numbers are stored; never renumber.</summary>
public enum ConsentPolicy : short
{
    /// <summary>Who said nothing may be targeted.</summary>
    Assumed = 1,

    /// <summary>Both purposes must have been granted.</summary>
    Required = 2,
}
