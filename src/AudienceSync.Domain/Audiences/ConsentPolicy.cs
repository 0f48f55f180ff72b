namespace AudienceSync.Domain.Audiences;

/// <summary>
/// The consent that an audience key requires. A denial excludes a person under either policy. The numbers are stored; never renumber.
/// </summary>
public enum ConsentPolicy : short
{
    /// <summary>A person without an answer may be targeted.</summary>
    Assumed = 1,

    /// <summary>Both purposes must have been granted.</summary>
    Required = 2,
}
