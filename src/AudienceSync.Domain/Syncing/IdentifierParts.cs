namespace AudienceSync.Domain.Syncing;

/// <summary>The parts of the data sent for a person that can be removed independently.</summary>
[Flags]
public enum IdentifierParts
{
    None = 0,
    Email = 1,
    Phone = 2,

    /// <summary>Name, place and the other details, which are only valid together.</summary>
    Details = 4,

    /// <summary>The advertising id of a device.</summary>
    Device = 8,

    /// <summary>The sender's own id.</summary>
    ExternalId = 16,
    All = Email | Phone | Details | Device | ExternalId,
}
