using AudienceSync.Domain.Events;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Outcomes;

/// <summary>
/// What the outcomes of messages prove about a person: whether messages arrive, and how the person reacts to them. Order and repetition of
/// outcomes do not matter, because only maxima and sets are kept; the same holds for uniting the anchors of a person.
/// </summary>
public sealed record Engagement
{
    private static readonly IReadOnlyDictionary<string, YesNo> NoPreferences = new Dictionary<string, YesNo>(StringComparer.Ordinal);

    /// <summary>No outcome.</summary>
    public static readonly Engagement Empty = new();

    /// <summary>The person's email.</summary>
    public ChannelEngagement Email { get; init; } = ChannelEngagement.Empty;

    /// <summary>The person's SMS.</summary>
    public ChannelEngagement Sms { get; init; } = ChannelEngagement.Empty;

    /// <summary>The person's devices.</summary>
    public ChannelEngagement Push { get; init; } = ChannelEngagement.Empty;

    /// <summary>The person's WhatsApp.</summary>
    public ChannelEngagement Whatsapp { get; init; } = ChannelEngagement.Empty;

    /// <summary>The latest complaints.</summary>
    public IReadOnlyList<DateTimeOffset> Complaints { get; init; } = Moments.None;

    /// <summary>The latest delivery on any channel.</summary>
    public DateTimeOffset? LastDeliveredAt { get; init; }

    /// <summary>The latest click of the person.</summary>
    public DateTimeOffset? LastClickAt { get; init; }

    /// <summary>The latest click of a human in an email.</summary>
    public DateTimeOffset? LastEmailClickAt { get; init; }

    /// <summary>The latest click of a machine.</summary>
    public DateTimeOffset? LastMachineClickAt { get; init; }

    /// <summary>The latest time the person opened a message.</summary>
    public DateTimeOffset? LastOpenedAt { get; init; }

    /// <summary>When the person refused all messages last.</summary>
    public DateTimeOffset? UnsubscribedAt { get; init; }

    /// <summary>When the person asked for messages last.</summary>
    public DateTimeOffset? SubscribedAt { get; init; }

    /// <summary>What the person wants, by topic.</summary>
    public IReadOnlyDictionary<string, YesNo> Topics { get; init; } = NoPreferences;

    /// <summary>What the person wants, by channel.</summary>
    public IReadOnlyDictionary<string, YesNo> ChannelPreferences { get; init; } = NoPreferences;

    /// <summary>How often the person complained, counted up to <see cref="Moments.Kept"/>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int ComplaintCount => Complaints.Count;

    /// <summary>Whether the person refuses all messages. On a tie the refusal counts.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool Unsubscribed => new YesNo(SubscribedAt, UnsubscribedAt).IsNo;

    /// <summary>Adds an outcome.</summary>
    public Engagement Apply(MessageOutcomeRecorded outcome) => Channel(outcome).Reaction(outcome).Preferences(outcome);

    /// <summary>The engagement of two anchors of one person.</summary>
    public Engagement With(Engagement other) =>
        new()
        {
            Email = Email.With(other.Email),
            Sms = Sms.With(other.Sms),
            Push = Push.With(other.Push),
            Whatsapp = Whatsapp.With(other.Whatsapp),
            Complaints = Complaints.With(other.Complaints),
            LastDeliveredAt = Latest.Of(LastDeliveredAt, other.LastDeliveredAt),
            LastClickAt = Latest.Of(LastClickAt, other.LastClickAt),
            LastEmailClickAt = Latest.Of(LastEmailClickAt, other.LastEmailClickAt),
            LastMachineClickAt = Latest.Of(LastMachineClickAt, other.LastMachineClickAt),
            LastOpenedAt = Latest.Of(LastOpenedAt, other.LastOpenedAt),
            UnsubscribedAt = Latest.Of(UnsubscribedAt, other.UnsubscribedAt),
            SubscribedAt = Latest.Of(SubscribedAt, other.SubscribedAt),
            Topics = Unite(Topics, other.Topics),
            ChannelPreferences = Unite(ChannelPreferences, other.ChannelPreferences),
        };

    /// <summary>Whether messages arrive on a channel, with the default number of soft bounces.</summary>
    /// <param name="channel">One of <see cref="OutcomeChannels.Addressed"/>; any other is deliverable.</param>
    /// <param name="now">The time; soft bounces before its period do not count.</param>
    public Deliverability DeliverabilityOf(string channel, DateTimeOffset now) => DeliverabilityOf(channel, now, SoftBounceRule.Default);

    /// <summary>Whether messages arrive on a channel.</summary>
    /// <param name="channel">One of <see cref="OutcomeChannels.Addressed"/>; any other is deliverable.</param>
    /// <param name="now">The time; soft bounces before its period do not count.</param>
    /// <param name="rule">How many soft bounces make an address undeliverable.</param>
    public Deliverability DeliverabilityOf(string channel, DateTimeOffset now, SoftBounceRule rule) =>
        Of(channel)?.At(now, SubscribedAt, rule) ?? Deliverability.Unhindered;

    /// <summary>The outcomes of a channel; null for a channel without deliverability.</summary>
    public ChannelEngagement? Of(string channel) =>
        channel switch
        {
            OutcomeChannels.Email => Email,
            OutcomeChannels.Sms => Sms,
            OutcomeChannels.Push => Push,
            OutcomeChannels.Whatsapp => Whatsapp,
            _ => null,
        };

    /// <inheritdoc/>
    public bool Equals(Engagement? other) =>
        other is not null
        && (Email, Sms, Push, Whatsapp) == (other.Email, other.Sms, other.Push, other.Whatsapp)
        && (LastDeliveredAt, LastClickAt, LastEmailClickAt, LastMachineClickAt, LastOpenedAt, UnsubscribedAt, SubscribedAt)
            == (
                other.LastDeliveredAt,
                other.LastClickAt,
                other.LastEmailClickAt,
                other.LastMachineClickAt,
                other.LastOpenedAt,
                other.UnsubscribedAt,
                other.SubscribedAt
            )
        && Complaints.SequenceEqual(other.Complaints)
        && AreSame(Topics, other.Topics)
        && AreSame(ChannelPreferences, other.ChannelPreferences);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Email, Sms, LastDeliveredAt, LastClickAt, UnsubscribedAt, SubscribedAt);

    private Engagement Channel(MessageOutcomeRecorded outcome) =>
        outcome.Channel switch
        {
            OutcomeChannels.Email => this with { Email = Email.Apply(outcome) },
            OutcomeChannels.Sms => this with { Sms = Sms.Apply(outcome) },
            OutcomeChannels.Push => this with { Push = Push.Apply(outcome) },
            OutcomeChannels.Whatsapp => this with { Whatsapp = Whatsapp.Apply(outcome) },
            _ => this,
        };

    private Engagement Reaction(MessageOutcomeRecorded outcome)
    {
        var at = outcome.OccurredAt;
        return outcome.Metric switch
        {
            OutcomeMetrics.Delivered => this with { LastDeliveredAt = Latest.Of(LastDeliveredAt, at) },
            OutcomeMetrics.Clicked when outcome.Machine => this with { LastMachineClickAt = Latest.Of(LastMachineClickAt, at) },
            OutcomeMetrics.Clicked => this with
            {
                LastClickAt = Latest.Of(LastClickAt, at),
                LastEmailClickAt = outcome.Channel == OutcomeChannels.Email ? Latest.Of(LastEmailClickAt, at) : LastEmailClickAt,
            },
            OutcomeMetrics.Opened when !outcome.Machine => this with { LastOpenedAt = Latest.Of(LastOpenedAt, at) },
            OutcomeMetrics.Spammed => this with { Complaints = Complaints.With(at) },
            OutcomeMetrics.Unsubscribed => this with { UnsubscribedAt = Latest.Of(UnsubscribedAt, at) },
            OutcomeMetrics.Subscribed => this with { SubscribedAt = Latest.Of(SubscribedAt, at) },
            _ => this,
        };
    }

    private Engagement Preferences(MessageOutcomeRecorded outcome) =>
        outcome.Metric != OutcomeMetrics.PreferencesChanged
            ? this
            : this with
            {
                Topics = Unite(Topics, Stated(outcome.Topics, outcome.OccurredAt)),
                ChannelPreferences = Unite(ChannelPreferences, Stated(outcome.Channels, outcome.OccurredAt)),
            };

    private static Dictionary<string, YesNo> Stated(IReadOnlyDictionary<string, bool>? answers, DateTimeOffset at) =>
        (answers ?? new Dictionary<string, bool>()).ToDictionary(
            answer => answer.Key,
            answer => default(YesNo).Apply(answer.Value, at),
            StringComparer.Ordinal
        );

    private static IReadOnlyDictionary<string, YesNo> Unite(
        IReadOnlyDictionary<string, YesNo> one,
        IReadOnlyDictionary<string, YesNo> other
    )
    {
        if (other.Count == 0)
        {
            return one;
        }

        var united = new Dictionary<string, YesNo>(one, StringComparer.Ordinal);
        foreach (var (name, stated) in other)
        {
            united[name] = united.GetValueOrDefault(name).With(stated);
        }

        return united;
    }

    private static bool AreSame(IReadOnlyDictionary<string, YesNo> one, IReadOnlyDictionary<string, YesNo> other) =>
        one.Count == other.Count && one.All(entry => other.TryGetValue(entry.Key, out var value) && value == entry.Value);
}
