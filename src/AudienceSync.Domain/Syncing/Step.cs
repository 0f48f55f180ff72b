namespace AudienceSync.Domain.Syncing;

/// <summary>What one member needs so that the remote audience becomes what is desired.</summary>
public enum Step
{
    Nothing = 0,
    Add,
    Remove,

    /// <summary>Remove by what the ledger says was delivered, then add by what is current.</summary>
    Replace,
}
