namespace AudienceSync.Connectors;

/// <summary>
/// A platform that can be brought to exactly the members we send, without an empty window: all batches in order, then the end. Who is
/// there and was not sent is gone afterwards, whoever added him, so it is for audiences that are ours alone.
/// </summary>
public interface IResyncs
{
    /// <summary>
    /// Says one batch. Repeating a batch is harmless. An outcome whose code is in <see cref="RestartCodes"/> means that the whole
    /// resync must begin anew with a new <see cref="Resync.SessionId"/>.
    /// </summary>
    ValueTask<CallResult> SendBatchAsync(Resync resync, ResyncBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Ends it: what was not sent since <see cref="Resync.StartedAt"/> goes. Only after every job of the batches is confirmed, for
    /// until then the members they hold are not there.
    /// </summary>
    ValueTask<CallResult> EndAsync(Resync resync, CancellationToken cancellationToken);

    /// <summary>Outcome codes after which only a new session helps.</summary>
    IReadOnlySet<string> RestartCodes { get; }

    /// <summary>How long after the first batch the last one may still come; null when it does not matter.</summary>
    TimeSpan? SessionLifetime { get; }
}

/// <summary>A resync under way. All of it is decided before the first call and kept by the engine.</summary>
/// <param name="Audience">The remote audience.</param>
/// <param name="SessionId">Positive and unique within the ad account (contracts/meta.md 7).</param>
/// <param name="StartedAt">Before the first batch was sent.</param>
/// <param name="Batches">How many batches there are.</param>
/// <param name="EstimatedMembers">How many members all batches hold.</param>
public sealed record Resync(RemoteAudienceId Audience, long SessionId, DateTimeOffset StartedAt, int Batches, long EstimatedMembers);

/// <param name="Number">From 1 to <see cref="Resync.Batches"/>.</param>
/// <param name="Members">At most <see cref="DestinationLimits.MembersPerCall"/>.</param>
public sealed record ResyncBatch(int Number, IReadOnlyList<Member> Members);
