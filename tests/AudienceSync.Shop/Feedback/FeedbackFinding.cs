namespace AudienceSync.Shop.Feedback;

/// <summary>The comparison of what the engine reported to the sender with what is in effect.</summary>
/// <param name="Facts">Events that the imitated Customer.io applied.</param>
/// <param name="Missing">Facts that were not reported: somebody is at a platform without a report, or left without one.</param>
/// <param name="Doubled">Facts that were reported twice, under different ids or under ids that do not deduplicate.</param>
/// <param name="WrongAttributes">Attributes that differ from the oracle.</param>
/// <param name="Refused">Items that were refused by rule in an answer 207 and are therefore not expected.</param>
/// <param name="Repeated">Requests that brought an event again.</param>
/// <param name="Examples">Some differences, by the customer's number.</param>
internal sealed record FeedbackFinding(
    int Facts,
    int Missing,
    int Doubled,
    int WrongAttributes,
    int Refused,
    int Repeated,
    IReadOnlyList<string> Examples
)
{
    public static readonly FeedbackFinding None = new(0, 0, 0, 0, 0, 0, []);

    public bool IsGood => Missing == 0 && Doubled == 0 && WrongAttributes == 0;
}
