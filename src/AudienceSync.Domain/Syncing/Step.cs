namespace AudienceSync.Domain.Syncing;

/// <summary>What one member needs so that the remote audience becomes what is desired.</summary>
public enum Step
{
    Nothing = 0,
    Add,
    Remove,

    /// <summary>Remove what was delivered according to the ledger, then add what is current.</summary>
    Replace,
}
