namespace AudienceSync.Host.Audiences;

/// <summary>Work that waits until a key is published.</summary>
public interface IWaitsForKeys
{
    /// <summary>Called each time after the keys were read.</summary>
    Task KeysReadAsync(CancellationToken cancellationToken);
}
