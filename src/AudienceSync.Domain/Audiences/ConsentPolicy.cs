namespace AudienceSync.Domain.Audiences;

/// <summary>What a key asks of a person's consent before a platform hears of him. The numbers are stored; never renumber.</summary>
public enum ConsentPolicy : short
{
    /// <summary>Who said nothing may be sent; who denied may not.</summary>
    Assumed = 0,

    /// <summary>Only who granted it may be sent.</summary>
    Required = 1,
}
