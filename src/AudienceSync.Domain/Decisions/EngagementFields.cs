using System.Text;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Outcomes;

namespace AudienceSync.Domain.Decisions;

/// <summary>The fields of a decision that follow from message outcomes. A person without outcomes is deliverable.</summary>
public static class EngagementFields
{
    private const int LongestTopic = 64;

    /// <summary>All of them.</summary>
    /// <param name="engagement">What the outcomes prove.</param>
    /// <param name="rule">How many soft bounces make an address undeliverable.</param>
    /// <param name="now">The time; soft bounces before the rule's period do not count.</param>
    public static IReadOnlyList<(DecisionFields Field, NamedValue Value)> Of(Engagement engagement, SoftBounceRule rule, DateTimeOffset now)
    {
        var email = engagement.DeliverabilityOf(OutcomeChannels.Email, now, rule);
        var sms = engagement.DeliverabilityOf(OutcomeChannels.Sms, now, rule);
        var push = engagement.DeliverabilityOf(OutcomeChannels.Push, now, rule);
        var fields = new List<(DecisionFields, NamedValue)>
        {
            Field(DecisionFields.EmailDeliverable, FieldValue.Of(email.Deliverable)),
            Field(DecisionFields.EmailUndeliverableReason, FieldValue.Of(email.Deliverable ? null : email.Reason)),
            Field(DecisionFields.SmsDeliverable, FieldValue.Of(sms.Deliverable)),
            Field(DecisionFields.PushDeliverable, FieldValue.Of(push.Deliverable)),
            Field(DecisionFields.LastDeliveredAt, FieldValue.Of(engagement.LastDeliveredAt)),
            Field(DecisionFields.LastClickAt, FieldValue.Of(engagement.LastClickAt)),
            Field(DecisionFields.ComplaintCount, FieldValue.Of(engagement.ComplaintCount)),
            Field(DecisionFields.Unsubscribed, FieldValue.Of(engagement.Unsubscribed)),
        };
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (topic, wanted) in engagement.Topics.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            if (NameOf(topic) is { } name && names.Add(name))
            {
                fields.Add((DecisionFields.Topics, new NamedValue(name, FieldValue.Of(wanted.IsYes))));
            }
        }

        return fields;
    }

    /// <summary>
    /// The field of a topic: <c>topic_7</c> for the topic 7 and for the topic topic_7, as the sender writes it. Other characters than
    /// letters, digits and underscores become underscores, because a template cannot name them. Null when nothing is left.
    /// </summary>
    internal static string? NameOf(string topic)
    {
        var name = new StringBuilder(DecisionFieldNames.TopicPrefix, DecisionFieldNames.TopicPrefix.Length + topic.Length);
        var id = topic.StartsWith(DecisionFieldNames.TopicPrefix, StringComparison.Ordinal)
            ? topic.AsSpan(DecisionFieldNames.TopicPrefix.Length)
            : topic;
        foreach (var letter in id[..Math.Min(id.Length, LongestTopic)])
        {
            name.Append(char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '_');
        }

        return name.Length > DecisionFieldNames.TopicPrefix.Length ? name.ToString() : null;
    }

    private static (DecisionFields Field, NamedValue Value) Field(DecisionFields field, FieldValue value) =>
        (field, new NamedValue(DecisionFieldNames.Of(field), value));
}
