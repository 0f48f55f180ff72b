namespace AudienceSync.Domain.Syncing;

/// <summary>The operation of a call on a remote audience. A remote audience is a set, so both may be repeated without harm.</summary>
public enum MemberOperation
{
    Add = 1,
    Remove = 2,
}
