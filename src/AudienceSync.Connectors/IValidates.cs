namespace AudienceSync.Connectors;

/// <summary>A platform that checks a call as it would check a real one, and stores nothing.</summary>
public interface IValidates
{
    /// <summary>As <see cref="IDestination.SendAsync"/>, without effect and without a job.</summary>
    ValueTask<CallResult> ValidateAsync(MemberCall call, CancellationToken cancellationToken);
}
