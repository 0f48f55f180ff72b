namespace AudienceSync.Connectors;

/// <summary>A platform that validates a call like a real one and stores nothing.</summary>
public interface IValidates
{
    /// <summary>Like <see cref="IDestination.SendAsync"/>, without effect and without a job.</summary>
    ValueTask<CallResult> ValidateAsync(MemberCall call, CancellationToken cancellationToken);
}
