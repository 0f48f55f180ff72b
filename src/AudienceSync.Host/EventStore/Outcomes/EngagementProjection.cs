using AudienceSync.Domain.Events;
using AudienceSync.Domain.Outcomes;
using JasperFx.Events;
using Marten.Events.Aggregation;

namespace AudienceSync.Host.EventStore.Outcomes;

/// <summary>
/// Folds the outcomes of an anchor into its <see cref="PersonEngagement"/>. Run by Marten's asynchronous daemon, by one Host at a time
/// (<c>Outcomes/EngagementDaemon.cs</c>); a team's own program must not run it. A page's documents and its progress are one transaction.
/// <para>
/// <b>Erasure.</b> From its request on nothing is added, and at its end the document is deleted. The erasure deletes it, too
/// (<c>People/Erasure/ErasureSql.cs</c>), because this projection may be behind; if it then folds older outcomes, it also folds the end of
/// the erasure, which follows them in the same stream.
/// </para>
/// </summary>
public sealed class EngagementProjection : SingleStreamProjection<PersonEngagement, Guid>
{
    /// <summary>Its name in Marten's progress table and in the status.</summary>
    public const string ProjectionName = "person_engagement";

    /// <summary>The name of its only shard.</summary>
    public const string Shard = ProjectionName + ":All";

    /// <summary>Reads only the events that it folds.</summary>
    public EngagementProjection()
    {
        Name = ProjectionName;
        IncludeType<MessageOutcomeRecorded>();
        IncludeType<PersonErasureRequested>();
        IncludeType<PersonErased>();
    }

    /// <inheritdoc/>
    public override PersonEngagement? Evolve(PersonEngagement? snapshot, Guid id, IEvent e) => Fold(snapshot, id, e.Data);

    /// <summary>The document after an event; null for none.</summary>
    /// <param name="known">The document before it; null for none.</param>
    /// <param name="anchor">The anchor.</param>
    /// <param name="stored">The event.</param>
    public static PersonEngagement? Fold(PersonEngagement? known, Guid anchor, object stored) =>
        stored switch
        {
            PersonErased => null,
            PersonErasureRequested => new PersonEngagement { Id = anchor, IsErasing = true },
            MessageOutcomeRecorded outcome when known is not { IsErasing: true } => new PersonEngagement
            {
                Id = anchor,
                Engagement = (known?.Engagement ?? Engagement.Empty).Apply(outcome),
            },
            _ => known,
        };
}
