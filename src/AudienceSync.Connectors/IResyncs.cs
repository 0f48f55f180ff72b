namespace AudienceSync.Connectors;

/// <summary>
/// A platform whose audience can be set to exactly the members we send, without a time in which it is empty: all batches in order, then the
/// end. Members that were there and were not sent are gone afterwards, regardless of who added them, so it is only for audiences that are
/// ours alone.
/// </summary>
public interface IResyncs
{
    /// <summary>
    /// Sends one batch. Repeating a batch is harmless. An outcome whose code is in <see cref="RestartCodes"/> means that the whole resync
    /// must be restarted with a new <see cref="Resync.SessionId"/>.
    /// </summary>
    ValueTask<CallResult> SendBatchAsync(Resync resync, ResyncBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the resync: members not sent since <see cref="Resync.StartedAt"/> are removed. Only after every job of the batches is
    /// confirmed, because until then the members of those jobs are not there.
    /// </summary>
    ValueTask<CallResult> EndAsync(Resync resync, CancellationToken cancellationToken);

    /// <summary>Outcome codes after which only a new session helps.</summary>
    IReadOnlySet<string> RestartCodes { get; }

    /// <summary>How long after the first batch the last one may be sent; null when there is no limit.</summary>
    TimeSpan? SessionLifetime { get; }
}

/// <summary>A running resync. Everything about it is decided before the first call and stored by the engine.</summary>
/// <param name="Audience">The remote audience.</param>
/// <param name="SessionId">Positive and unique within the ad account (contracts/meta.md 7).</param>
/// <param name="StartedAt">A time before the first batch was sent.</param>
/// <param name="Batches">How many batches there are.</param>
/// <param name="EstimatedMembers">How many members all batches contain.</param>
public sealed record Resync(RemoteAudienceId Audience, long SessionId, DateTimeOffset StartedAt, int Batches, long EstimatedMembers);

/// <param name="Number">From 1 to <see cref="Resync.Batches"/>.</param>
/// <param name="Members">At most <see cref="DestinationLimits.MembersPerCall"/>.</param>
public sealed record ResyncBatch(int Number, IReadOnlyList<Member> Members);
