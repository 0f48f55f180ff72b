namespace AudienceSync.Domain.Audiences;

/// <summary>The identifiers by which a key lets a platform match a person. The numbers are stored; never renumber.</summary>
[Flags]
public enum MatchKeys
{
    None = 0,
    Email = 1,
    Phone = 2,
    CustomerId = 4,
    DeviceId = 8,

    /// <summary>Name, place, birth date and gender, which platforms match only together.</summary>
    Details = 16,
    All = Email | Phone | CustomerId | DeviceId | Details,
}
