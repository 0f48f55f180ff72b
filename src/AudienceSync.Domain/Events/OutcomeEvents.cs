namespace AudienceSync.Domain.Events;

/// <summary>What a failed message proves about the address it was sent to.</summary>
public enum DeliveryFailure
{
    /// <summary>Nothing: the message did not fail, or for a reason that has nothing to do with the address.</summary>
    None = 0,

    /// <summary>The address does not exist, or never takes messages.</summary>
    Hard = 1,

    /// <summary>It did not work this time.</summary>
    Soft = 2,

    /// <summary>The message was refused before it reached the address: the person is suppressed there, or the sender is filtered.</summary>
    Blocked = 3,
}

/// <summary>
/// What became of a message to a person, or what the person answered to messages, as a reporting webhook states it. It never holds an
/// address, a delivery id or the text of a failure. Names and fields are the storage format.
/// </summary>
/// <param name="OccurredAt">The sender's time.</param>
/// <param name="Source">The name of the reporting source.</param>
/// <param name="Channel">Email, sms, push and so on, as sent (<see cref="Outcomes.OutcomeChannels"/>).</param>
/// <param name="Metric">What happened, as sent (<see cref="Outcomes.OutcomeMetrics"/>).</param>
public sealed record MessageOutcomeRecorded(DateTimeOffset OccurredAt, string Source, string Channel, string Metric) : IStoredEvent
{
    /// <summary>What it proves about the address. Written only when it proves something.</summary>
    public DeliveryFailure Failure { get; init; }

    /// <summary>Whether a machine, not the person, opened or clicked. Written only when it did.</summary>
    public bool Machine { get; init; }

    /// <summary>The campaign that sent the message.</summary>
    public long? CampaignId { get; init; }

    /// <summary>The broadcast that sent the message.</summary>
    public long? BroadcastId { get; init; }

    /// <summary>The newsletter that the message belongs to.</summary>
    public long? NewsletterId { get; init; }

    /// <summary>The step of the campaign or broadcast.</summary>
    public long? ActionId { get; init; }

    /// <summary>Of a change of preferences: whether the person wants each topic. Null for every other outcome.</summary>
    public IReadOnlyDictionary<string, bool>? Topics { get; init; }

    /// <summary>Of a change of preferences: whether the person wants messages on each channel. Null for every other outcome.</summary>
    public IReadOnlyDictionary<string, bool>? Channels { get; init; }

    /// <inheritdoc/>
    public bool Equals(MessageOutcomeRecorded? other) =>
        other is not null
        && (OccurredAt, Source, Channel, Metric, Failure, Machine)
            == (other.OccurredAt, other.Source, other.Channel, other.Metric, other.Failure, other.Machine)
        && (CampaignId, BroadcastId, NewsletterId, ActionId) == (other.CampaignId, other.BroadcastId, other.NewsletterId, other.ActionId)
        && AreSame(Topics, other.Topics)
        && AreSame(Channels, other.Channels);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(OccurredAt, Source, Channel, Metric, CampaignId, ActionId);

    private static bool AreSame(IReadOnlyDictionary<string, bool>? one, IReadOnlyDictionary<string, bool>? other) =>
        one is null || other is null
            ? one is null && other is null
            : one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out var value) && value == entry.Value);
}
